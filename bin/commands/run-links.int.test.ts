// A flow hands out a link to a large file, and the engine serves it: once.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { testPort } from '../../engine/devserver/test-port.ts';
import { openPayloadArena } from '../torture/payload-arena.ts';

test('the receiver gets a link, the link gives the file, and works once', async (t) => {
  const port = await testPort();
  const arena = await openPayloadArena({
    producer: `{ name: out, type: file, path: "./out/{{ $headers.'file-name' }}", payload: link, link: { expires: 1h } }`,
    args: ['--links', `127.0.0.1:${port}`],
  });
  t.after(() => arena.close());
  const digest = await arena.prepare('a.bin', 3_000_000);
  await arena.engine.start();
  await arena.offer('a.bin');
  await arena.written('a.bin');
  const link = JSON.parse(await readFile(path.join(arena.directory, 'out', 'a.bin'), 'utf8'));
  assert.equal(link.sha256, digest);
  assert.equal(link.size, 3_000_000);
  assert.ok(Date.parse(link.expiresAt) > Date.now());
  const answer = await fetch(link.url);
  const got = createHash('sha256').update(new Uint8Array(await answer.arrayBuffer()));
  assert.equal(got.digest('hex'), digest);
  let again = await fetch(link.url);
  // The server hears of the end of a download a moment after its receiver.
  while (again.status === 409) again = await fetch(link.url);
  assert.equal(again.status, 410);
});
