// A message comes to one producer over two ways: a sink that honours idempotency keys takes both copies, each once.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { testPort } from '../../engine/devserver/test-port.ts';
import { withServer } from '../../engine/devserver/test-server.ts';
import { EngineProcess, vrsky } from '../torture/engine-process.ts';

const flow = (port: number, sink: string) => `
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: both-ways }
spec:
  consumers:
    - { name: in, type: http, port: ${port}, path: /in }
  steps:
    - { name: start, type: set, headers: { x-start: "yes" }, to: [invoice, receipt] }
    - { name: invoice, type: map, expression: '{ "kind": "invoice" }', to: out }
    - { name: receipt, type: map, expression: '{ "kind": "receipt" }', to: out }
  producers:
    - { name: out, type: http, url: "${sink}/out" }
  delivery: { backoff: { initial: 50ms } }
`;

test('both copies of a message are executed, and each once', async (t) => {
  const { url: server, storeDir } = await withServer(t);
  const executed = new Map<string, string>();
  const delivered = Promise.withResolvers<void>();
  let tries = 0;
  const sink = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const key = String(request.headers['idempotency-key']);
    if (!executed.has(key)) executed.set(key, JSON.parse(body).kind);
    // The first answer gets lost: what was executed is sent again.
    response.writeHead(tries++ === 0 ? 503 : 200).end();
    if (tries === 3) delivered.resolve();
  });
  sink.listen(0, '127.0.0.1');
  await once(sink, 'listening');
  t.after(() => sink.close());
  const port = await testPort();
  const file = path.join(storeDir, 'both-ways.yaml');
  await writeFile(file, flow(port, `http://127.0.0.1:${(sink.address() as AddressInfo).port}`));
  await vrsky(['apply', file], { server });
  const engine = new EngineProcess({ server, cwd: storeDir });
  await engine.start();
  const answer = await accepted(`http://127.0.0.1:${port}/in`);
  const { id } = (await answer.json()) as { id: string };
  await delivered.promise;
  await engine.stop();
  assert.deepEqual([...executed].toSorted(), [
    [`${id}~invoice`, 'invoice'],
    [`${id}~receipt`, 'receipt'],
  ]);
});

/** A worker that runs listens a moment later. */
async function accepted(url: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(url, { method: 'POST', body: '{}' }).catch(() => undefined);
    if (answer?.status === 202) return answer;
    await pause(50);
  }
}
