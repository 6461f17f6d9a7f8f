// Posts bodies over keep-alive connections as fast as they are answered, on bare sockets: an HTTP client would cost more than the server.
import { connect } from 'node:net';
import type { Figures } from './rounds.ts';
import { percentile } from './rounds.ts';

export interface LoadOptions {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
  readonly body: Buffer;
}

/** Requests answered 2xx a second, and how long they took. Throws when one is answered otherwise. */
export async function load({ port, path, connections, seconds, body }: LoadOptions): Promise<Figures> {
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  const request = Buffer.concat([Buffer.from(head), body]);
  const took: number[] = [];
  const began = performance.now();
  const endAt = began + seconds * 1000;
  await Promise.all(Array.from({ length: connections }, () => post(port, request, endAt, took)));
  const elapsed = (performance.now() - began) / 1000;
  took.sort((a, b) => a - b);
  return {
    'requests/s': took.length / elapsed,
    'p50 ms': percentile(took, 0.5),
    'p99 ms': percentile(took, 0.99),
  };
}

/** One connection: a request, its answer, the next. */
function post(port: number, request: Buffer, endAt: number, took: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    const send = () => {
      sentAt = performance.now();
      socket.write(request);
    };
    socket.once('connect', send);
    socket.once('error', reject);
    socket.on('data', (chunk: Buffer) => {
      const answer = chunk.toString('latin1', 0, 12);
      // Anything else is the rest of an answer that came in pieces.
      if (!answer.startsWith('HTTP/')) return;
      if (!answer.startsWith('HTTP/1.1 2')) {
        socket.destroy();
        reject(new Error(`answered ${answer}`));
        return;
      }
      const now = performance.now();
      took.push(now - sentAt);
      if (now < endAt) send();
      else {
        socket.destroy();
        resolve();
      }
    });
  });
}
