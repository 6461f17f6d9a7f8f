// The reference of `webhook`: a node:http server that publishes each body to JetStream and answers 202 when it is stored.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect } from '@nats-io/transport-node';
import { BarePublisher, idHeader } from './bare-publisher.ts';

/** As JSON on standard input. */
export interface BareWebhook {
  readonly server: string;
  readonly subject: string;
}

const { server, subject } = JSON.parse(await text(process.stdin)) as BareWebhook;
const publisher = new BarePublisher(await connect({ servers: server }));
const run = `${process.pid}-${Date.now()}-`;
let count = 0;

const http = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    publisher.send(subject, body, idHeader(`${run}${count++}`), () => {
      response
        .writeHead(202, { 'content-type': 'application/json', 'content-length': 17 })
        .end('{"accepted":true}');
    });
  });
});
process.once('SIGTERM', () => process.exit());
http.listen(0, '127.0.0.1', () => process.stdout.write(`${(http.address() as AddressInfo).port}\n`));
