// Files that wait in a log: a power failure takes none of them, and nothing that is newer is lost to the log.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { createTestContext, eventually, testMessage } from '../../../engine/connector/conformance.ts';
import type { Producer } from '../../../engine/connector/index.ts';
import { connector } from '../connector.ts';
import { disk } from './disk/disk.ts';
import type { WriteAnswer } from './disk/job.ts';
import { encodeFrame, logHeader } from './disk/log-frame.ts';
import { bootId, logFolderName, logsOf } from './disk/log-place.ts';
import { deviceThatCanSync } from './sync-file-system.ts';

const earlierBoot = '00000000-0000-4000-8000-000000000000';
const boot = bootId ?? '';
const skip = bootId === undefined && 'the system does not tell one boot from another';

interface Output {
  readonly root: string;
  /** Writes a batch by the log of this name, whatever the disk is like. */
  log(name: string, files: Readonly<Record<string, string>>): Promise<WriteAnswer>;
  /** As if the kernel had started anew since the last call. */
  reboot(as?: string): void;
  open(): Promise<Producer>;
  read(name: string): string | undefined;
}

async function createOutput(t: TestContext): Promise<Output> {
  const root = await mkdtemp(path.join(tmpdir(), 'vrsky-log-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  const { dev: device } = statSync(root);
  const ends = new Map<string, number>();
  return {
    root,
    async log(name, files) {
      const contents = Object.values(files).map((text) => Buffer.from(text));
      const entries = Object.keys(files).map((file, index) => ({
        path: file,
        length: contents[index]?.byteLength ?? 0,
      }));
      const bytes = new Uint8Array(Buffer.concat(contents));
      const log = { file: path.join(logsOf(root, boot), name), end: ends.get(name) ?? 0, device };
      const answer = await disk.run({
        kind: 'write',
        root,
        mode: 'overwrite',
        sync: true,
        lines: false,
        bytes,
        entries,
        log,
      });
      assert.deepEqual(answer.failures, new Array(entries.length).fill(undefined));
      if (answer.logEnd !== undefined) ends.set(name, answer.logEnd);
      return answer;
    },
    reboot(as = earlierBoot) {
      ends.clear();
      renameSync(logsOf(root, boot), logsOf(root, as));
    },
    async open() {
      const config = { directory: root, path: '{{ $id }}' };
      const producer = await connector.producer?.(config, createTestContext());
      assert.ok(producer);
      t.after(() => producer.close());
      return producer;
    },
    read: (name) => {
      const file = path.join(root, name);
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    },
  };
}

test('after a power failure what is missing, empty or full of zeros is written again', {
  skip,
}, async (t) => {
  const out = await createOutput(t);
  await out.log('a.log', {
    whole: 'whole',
    missing: 'missing',
    empty: 'empty',
    half: 'half',
    zeros: 'zeros',
  });
  await out.log('a.log', { 'NO/2026/deep': 'deep' });
  for (const lost of ['missing', 'NO']) rmSync(path.join(out.root, lost), { recursive: true });
  truncateSync(path.join(out.root, 'empty'));
  truncateSync(path.join(out.root, 'half'), 2);
  writeFileSync(path.join(out.root, 'zeros'), 'z\0\0\0s');
  const { ino } = statSync(path.join(out.root, 'whole'));
  out.reboot();
  await out.open();
  for (const name of ['whole', 'missing', 'empty', 'half', 'zeros']) assert.equal(out.read(name), name);
  assert.equal(out.read('NO/2026/deep'), 'deep');
  assert.equal(statSync(path.join(out.root, 'whole')).ino, ino, 'what is whole was not touched');
  assert.ok(!existsSync(path.join(out.root, logFolderName)), 'nothing is left of the log');
});

test('when only the process was killed nothing is written again', { skip }, async (t) => {
  const out = await createOutput(t);
  await out.log('a.log', { taken: 'a consumer has taken it away', stays: 'x' });
  rmSync(path.join(out.root, 'taken'));
  await out.open();
  assert.equal(out.read('taken'), undefined);
  assert.deepEqual(readdirSync(logsOf(out.root, boot)), ['a.log'], 'it may be another worker’s');
});

test('a newer content stays, whoever wrote it', { skip }, async (t) => {
  const out = await createOutput(t);
  await out.log('a.log', { ours: 'first', somebodys: 'first', grown: 'first', large: 'l' });
  await out.log('a.log', { ours: '2' });
  writeFileSync(path.join(out.root, 'somebodys'), 'other');
  appendFileSync(path.join(out.root, 'grown'), ' and more');
  // Too long for a log: it says only that what it had counts no longer.
  await out.log('a.log', { large: 'l'.repeat(100_000) });
  truncateSync(path.join(out.root, 'large'));
  out.reboot();
  await out.open();
  assert.equal(out.read('ours'), '2');
  assert.equal(out.read('somebodys'), 'other');
  assert.equal(out.read('grown'), 'first and more');
  assert.equal(out.read('large'), '');
});

test('of what two workers and two boots wrote for one file the last is written again', {
  skip,
}, async (t) => {
  const out = await createOutput(t);
  await out.log('z.log', { a: '1', b: '1', c: '1' });
  out.reboot('ffffffff-0000-4000-8000-000000000000');
  await out.log('z.log', { a: '2', b: '2' });
  await out.log('b.log', { a: '3' });
  await out.log('z.log', { b: '4' });
  out.reboot();
  for (const name of ['a', 'b', 'c']) rmSync(path.join(out.root, name));
  await out.open();
  assert.deepEqual(['a', 'b', 'c'].map(out.read), ['3', '4', '1']);
});

test('a log that broke off gives what was whole, and one that is none gives nothing', { skip }, async (t) => {
  const out = await createOutput(t);
  const first = await out.log('a.log', { a: 'a' });
  const second = await out.log('a.log', { b: 'b' });
  rmSync(path.join(out.root, 'a'));
  rmSync(path.join(out.root, 'b'));
  assert.ok((second.logEnd ?? 0) > (first.logEnd ?? 0));
  truncateSync(path.join(logsOf(out.root, boot), 'a.log'), (second.logEnd ?? 0) - 1);
  writeFileSync(path.join(logsOf(out.root, boot), 'b.log'), 'no log');
  out.reboot();
  await out.open();
  assert.deepEqual(['a', 'b'].map(out.read), ['a', undefined]);
});

test('a log cannot lead out of the folder it lies in', { skip }, async (t) => {
  const out = await createOutput(t);
  const inner = path.join(out.root, 'inner');
  mkdirSync(path.join(inner, logFolderName, earlierBoot), { recursive: true });
  const frame = encodeFrame([{ path: '../outside', content: Buffer.from('x') }], 1n);
  writeFileSync(path.join(inner, logFolderName, earlierBoot, 'a.log'), Buffer.concat([logHeader, frame]));
  const producer = await connector.producer?.({ directory: inner, path: 'x' }, createTestContext());
  await producer?.close();
  assert.equal(out.read('outside'), undefined);
});

test('a message cannot write where the logs lie', async (t) => {
  const out = await createOutput(t);
  const producer = await out.open();
  const [outcome] = await producer.write(
    [testMessage('x', { id: `${logFolderName}/a` })],
    AbortSignal.timeout(60_000),
  );
  assert.equal(outcome?.kind, 'rejected');
});

test('one of two workers writes again, the other waits for it', { skip }, async (t) => {
  const out = await createOutput(t);
  const names = Array.from({ length: 70 }, (_, index) => `${index}`);
  await out.log('a.log', Object.fromEntries(names.map((name) => [name, name])));
  for (const name of names) rmSync(path.join(out.root, name));
  out.reboot();
  const job = { kind: 'recover', root: out.root, boot } as const;
  const taken = path.join(logsOf(out.root, boot), 'aaaaaaaaaaaa.taken');
  mkdirSync(taken, { recursive: true });
  renameSync(logsOf(out.root, earlierBoot), path.join(taken, earlierBoot));
  const answer = await disk.run(job);
  assert.ok('kind' in answer && /another worker/.test(answer.message));
  assert.equal(out.read('0'), undefined);
  // It was killed, and not heard of since.
  utimesSync(taken, 1_700_000_000, 1_700_000_000);
  assert.deepEqual(await disk.run(job), { written: 70, others: false });
  for (const name of names) assert.equal(out.read(name), name);
});

test('what cannot be written again now is tried again, and the log stays', {
  skip: skip || (!existsSync('/dev/full') && 'there is no /dev/full'),
}, async (t) => {
  const out = await createOutput(t);
  await out.log('a.log', { a: 'a' });
  rmSync(path.join(out.root, 'a'));
  out.reboot();
  const logs = path.join(out.root, logFolderName);
  const aside = path.join(out.root, 'aside');
  renameSync(path.join(logs, earlierBoot, 'a.log'), aside);
  symlinkSync('loop.log', path.join(logs, earlierBoot, 'loop.log'));
  const failed = await disk.run({ kind: 'recover', root: out.root, boot });
  assert.ok('kind' in failed && failed.kind === 'retry');
  const [taken = ''] = readdirSync(logsOf(out.root, boot));
  rmSync(path.join(logsOf(out.root, boot), taken, earlierBoot, 'loop.log'));
  renameSync(aside, path.join(logsOf(out.root, boot), taken, earlierBoot, 'a.log'));
  await out.open();
  assert.equal(out.read('a'), 'a');
});

test('where no log can be written files are synced one by one', { skip }, async (t) => {
  const out = await createOutput(t);
  writeFileSync(path.join(out.root, logFolderName), 'in the way');
  const { logEnd } = await out.log('a.log', { a: 'a' });
  assert.equal(logEnd, undefined);
  assert.equal(out.read('a'), 'a');
});

test('a log that nobody has written to for minutes is settled and removed', { skip }, async (t) => {
  const out = await createOutput(t);
  if ((await deviceThatCanSync(out.root)) === undefined) return t.skip('there is no `sync -f` here');
  await out.log('killed.log', { a: 'a' });
  await out.log('alive.log', { b: 'b' });
  utimesSync(path.join(logsOf(out.root, boot), 'killed.log'), 1_700_000_000, 1_700_000_000);
  await out.open();
  await eventually('it is removed', () => readdirSync(logsOf(out.root, boot)).join() === 'alive.log');
});

test('a busy producer has a log, and leaves none when it is closed', { skip }, async (t) => {
  const out = await createOutput(t);
  if ((await deviceThatCanSync(out.root)) === undefined)
    return t.skip('files are synced one by one on this file system');
  const producer = await out.open();
  const batch = Array.from({ length: 10 }, (_, index) => testMessage('x', { id: `${index}` }));
  await eventually('there is a log', async () => {
    const outcomes = await producer.write(batch, AbortSignal.timeout(60_000));
    assert.ok(outcomes.every(({ kind }) => kind === 'delivered'));
    return existsSync(logsOf(out.root, boot));
  });
  await producer.close();
  assert.deepEqual(readdirSync(out.root).sort(), [...'0123456789']);
});

test('messages that come one by one need none', { skip }, async (t) => {
  const out = await createOutput(t);
  const producer = await out.open();
  await producer.write([testMessage('x', { id: 'a' })], AbortSignal.timeout(60_000));
  await producer.close();
  assert.deepEqual(readdirSync(out.root), ['a']);
});
