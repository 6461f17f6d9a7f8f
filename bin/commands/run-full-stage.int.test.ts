// One of two producers takes nothing and its stage is full: what the webhook refuses must not have gone to the other one.
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
metadata: { name: both }
spec:
  consumers:
    - { name: in, type: http, port: ${port}, path: /in }
  producers:
    - { name: shop, type: http, url: "${sink}/shop", breaker: { probe: 100ms } }
    - { name: archive, type: http, url: "${sink}/archive" }
  limits: { maxMessages: 2 }
  delivery: { attempts: 100, backoff: { initial: 50ms, factor: 1, max: 50ms } }
`;

test('a message that was refused is executed by no producer, and once when it is accepted', async (t) => {
  const { url: server, storeDir } = await withServer(t);
  const executed: string[] = [];
  const keys = new Set<string>();
  const complete = Promise.withResolvers<void>();
  let isShopOpen = false;
  const sink = createServer(async (request, response) => {
    const what = `${request.url} ${Buffer.concat(await request.toArray())}`;
    const key = `${request.url} ${request.headers['idempotency-key']}`;
    const isTaken = isShopOpen || request.url !== '/shop';
    if (isTaken && !keys.has(key)) executed.push(what);
    if (isTaken) keys.add(key);
    response.writeHead(isTaken ? 200 : 503).end();
    if (new Set(executed).size === 8) complete.resolve();
  });
  sink.listen(0, '127.0.0.1');
  await once(sink, 'listening');
  t.after(() => sink.close());
  const port = await testPort();
  const file = path.join(storeDir, 'both.yaml');
  await writeFile(file, flow(port, `http://127.0.0.1:${(sink.address() as AddressInfo).port}`));
  await vrsky(['apply', file], { server });
  const engine = new EngineProcess({ server, cwd: storeDir });
  await engine.start();
  const url = `http://127.0.0.1:${port}/in`;
  let refusals = 0;
  // The third one waits, since the archive has it, or is refused, when the archive was full for a moment, too.
  void engine.says(/waiting: /).then(() => {
    isShopOpen = true;
  });
  for (const id of [1, 2, 3, 4])
    while ((await answer(url, id)) !== 202) {
      if (++refusals === 5) isShopOpen = true;
      await pause(50);
    }
  await complete.promise;
  await engine.stop();
  const wanted = ['archive', 'shop'].flatMap((producer) => [1, 2, 3, 4].map((id) => `/${producer} ${id}`));
  assert.deepEqual(executed.toSorted(), wanted);
});

/** A worker that runs listens a moment later. */
async function answer(url: string, id: number): Promise<number> {
  for (;;) {
    const response = await fetch(url, { method: 'POST', body: String(id) }).catch(() => undefined);
    if (response !== undefined) return response.status;
    await pause(50);
  }
}
