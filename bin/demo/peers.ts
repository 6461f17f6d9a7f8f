// The little servers that the example flows talk to: a partner's invoice API, a chat, a price list.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';

export interface Peers {
  readonly url: string;
  /** Invoices that the partner got, by id. */
  readonly invoices: ReadonlyMap<string, unknown>;
  readonly chat: readonly string[];
  /** Makes the price list answer with its second version. */
  changePrices(): void;
  close(): Promise<void>;
}

/** Starts them on one port of the loopback interface (0 = a free one). `samples` holds `prices/monday.json` and `tuesday.json`. */
export async function startPeers(samples: string, port: number): Promise<Peers> {
  const [monday, tuesday] = await Promise.all(
    ['monday', 'tuesday'].map((day) => readFile(path.join(samples, 'prices', `${day}.json`))),
  );
  const invoices = new Map<string, unknown>();
  const chat: string[] = [];
  let prices = monday;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://peer');
    if (pathname === '/prices') {
      response.setHeader('content-type', 'application/json').end(prices);
    } else if (request.method === 'PUT' && pathname.startsWith('/invoices/')) {
      invoices.set(decodeURIComponent(pathname.slice('/invoices/'.length)), JSON.parse(await text(request)));
      response.writeHead(204).end();
    } else if (request.method === 'POST' && pathname === '/chat') {
      chat.push((JSON.parse(await text(request)) as { readonly text: string }).text);
      response.writeHead(204).end();
    } else {
      response.writeHead(404).end();
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    invoices,
    chat,
    changePrices: () => {
      prices = tuesday;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
