// The threads that write: one that is held by a disk which does not answer must not hold the others.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { disk } from './disk.ts';
import type { WriteJob } from './job.ts';

function job(root: string, mode: WriteJob['mode'], name: string, text: string): WriteJob {
  const bytes = new Uint8Array(Buffer.byteLength(text));
  bytes.set(Buffer.from(text));
  const entries = [{ path: name, length: bytes.byteLength }];
  return { kind: 'write', root, mode, sync: true, lines: false, bytes, entries };
}

test('a disk that does not answer holds its own files and no others', {
  skip: process.platform === 'win32' && 'there are no named pipes in folders',
}, async (t) => {
  const root = await mkdtemp(path.join(tmpdir(), 'vrsky-disk-'));
  t.after(() => rm(root, { recursive: true }));
  const pipe = path.join(root, 'held');
  execFileSync('mkfifo', [pipe]);
  // Whether its content is the same can be told when somebody has written to the pipe.
  const held = disk.run(job(root, 'fail', 'held', 'x'));
  assert.deepEqual((await disk.run(job(root, 'overwrite', 'free', 'x'))).failures, [undefined]);
  assert.equal(readFileSync(path.join(root, 'free'), 'utf8'), 'x');
  writeFileSync(pipe, 'y');
  const [failure] = (await held).failures;
  assert.equal(failure?.kind, 'rejected');
});

test('jobs that come together are all done', async (t) => {
  const root = await mkdtemp(path.join(tmpdir(), 'vrsky-disk-'));
  t.after(() => rm(root, { recursive: true }));
  const names = Array.from({ length: 200 }, (_, index) => `${index}`);
  const answers = await Promise.all(names.map((name) => disk.run(job(root, 'overwrite', name, name))));
  assert.deepEqual(
    answers.flatMap(({ failures }) => failures),
    new Array(200).fill(undefined),
  );
  for (const name of names) assert.equal(readFileSync(path.join(root, name), 'utf8'), name);
});
