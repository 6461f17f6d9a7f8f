// What the file producer writes, and what it says about it.
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  createTestContext,
  eventually,
  testJsonMessage,
  testMessage,
} from '../../../engine/connector/conformance.ts';
import { type Message, Payload, PermanentError, type WriteOutcome } from '../../../engine/connector/index.ts';
import type { FileProducerConfig } from '../config.gen.ts';
import { connector } from '../connector.ts';

interface Output {
  readonly folder: string;
  read(name: string): string;
  names(folder?: string): readonly string[];
  write(config: FileProducerConfig, ...messages: readonly Message[]): Promise<readonly WriteOutcome[]>;
}

async function createOutput(t: TestContext): Promise<Output> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-out-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return {
    folder,
    read: (name) => readFileSync(path.join(folder, name), 'utf8'),
    names: (sub = '.') => readdirSync(path.join(folder, sub)).sort(),
    async write(config, ...messages) {
      const context = createTestContext({ directory: folder });
      const producer = await connector.producer?.(config, context);
      assert.ok(producer);
      const outcomes = await producer.write(messages, context.signal);
      await producer.close();
      return outcomes;
    },
  };
}

const kinds = (outcomes: readonly WriteOutcome[]) => outcomes.map(({ kind }) => kind);
const reason = (outcome: WriteOutcome | undefined) =>
  outcome?.kind === 'delivered' ? 'delivered' : (outcome?.error.message ?? '');
const all = (count: number, kind: WriteOutcome['kind']) => new Array(count).fill(kind);

test('each message becomes a file, its folders are created, nothing else is left', async (t) => {
  const out = await createOutput(t);
  const outcomes = await out.write(
    { path: './out/{{ country }}/{{ id }}.json' },
    testJsonMessage({ country: 'NO', id: 1 }),
    testJsonMessage({ country: 'SE', id: 2 }),
  );
  assert.deepEqual(kinds(outcomes), all(2, 'delivered'));
  assert.deepEqual(JSON.parse(out.read('out/NO/1.json')), { country: 'NO', id: 1 });
  assert.deepEqual(readdirSync(out.folder, { recursive: true }).sort(), [
    'out',
    'out/NO',
    'out/NO/1.json',
    'out/SE',
    'out/SE/2.json',
  ]);
});

test('the folders before the first hole are the author’s: above, absolute, or behind a link', async (t) => {
  const out = await createOutput(t);
  mkdirSync(path.join(out.folder, 'real'));
  mkdirSync(path.join(out.folder, 'work'));
  symlinkSync('../real', path.join(out.folder, 'work/link'));
  for (const config of [
    { directory: 'work', path: 'link/{{ $id }}-a' },
    { directory: 'work', path: '../real/{{ $id }}-b' },
    { path: `${out.folder}/real/{{ $id }}-c` },
    { directory: `${out.folder}/real`, path: 'd' },
  ]) {
    assert.deepEqual(kinds(await out.write(config, testMessage('x', { id: 'm' }))), ['delivered']);
  }
  assert.deepEqual(out.names('real'), ['d', 'm-a', 'm-b', 'm-c']);
});

test('a path that leaves its root is refused for good, the others of the batch are written', async (t) => {
  const out = await createOutput(t);
  const outcomes = await out.write(
    { path: 'out/{{ id }}' },
    testJsonMessage({ id: 'a' }),
    testJsonMessage({ id: '../b' }),
    testJsonMessage({}),
    testJsonMessage({ id: 'd' }),
  );
  assert.deepEqual(kinds(outcomes), ['delivered', 'rejected', 'rejected', 'delivered']);
  assert.match(reason(outcomes[1]), /the path "..\/b" leaves its directory/);
  assert.deepEqual(out.names('out'), ['a', 'd']);
  assert.deepEqual(out.names(), ['out']);
});

test('the last of several messages for one file wins', async (t) => {
  const out = await createOutput(t);
  const messages = Array.from({ length: 20 }, (_, index) => testMessage(String(index)));
  await out.write({ path: 'latest.txt' }, ...messages);
  assert.equal(out.read('latest.txt'), '19');
});

test('with `fail` an existing file is refused, unless it is what was to be written', async (t) => {
  const out = await createOutput(t);
  const config = { path: '{{ $id }}', mode: 'fail' } as const;
  const message = testMessage('content', { id: 'a' });
  assert.deepEqual(kinds(await out.write(config, message)), ['delivered']);
  assert.deepEqual(kinds(await out.write(config, message)), ['delivered']);
  const outcomes = await out.write(config, testMessage('other', { id: 'a' }));
  assert.deepEqual(kinds(outcomes), ['rejected']);
  assert.match(reason(outcomes[0]), /exists with other content/);
  assert.equal(out.read('a'), 'content');
  assert.deepEqual(out.names(), ['a']);
});

test('with `append` each message is a line, JSON over several lines included', async (t) => {
  const out = await createOutput(t);
  const config = { path: '{{ $key }}.ndjson', mode: 'append' } as const;
  const pretty = { payload: Payload.ofBytes(Buffer.from('{\r\n  "a": "x\\ny"\n}')), key: 'a' };
  await out.write(
    config,
    testMessage('', pretty),
    testMessage('two\n', { key: 'a' }),
    testMessage('other', { key: 'b' }),
  );
  await out.write(config, testMessage('three', { key: 'a' }));
  assert.equal(out.read('a.ndjson'), '{    "a": "x\\ny" }\ntwo\nthree\n');
  assert.equal(out.read('b.ndjson'), 'other\n');
});

test('without line breaks messages are appended as they are', async (t) => {
  const out = await createOutput(t);
  await out.write({ path: 'a', mode: 'append', newline: false }, testMessage('1'), testMessage('2\n'));
  await out.write({ path: 'a', mode: 'append', newline: false }, testMessage('3'));
  assert.equal(out.read('a'), '12\n3');
});

test('somebody else’s last line is ended, never cut', async (t) => {
  const out = await createOutput(t);
  writeFileSync(path.join(out.folder, 'a'), 'head\ntail');
  await out.write({ path: 'a', mode: 'append' }, testMessage('tall'), testMessage('message'));
  assert.equal(out.read('a'), 'head\ntail\ntall\nmessage\n');
});

test('a payload that cannot be written is refused for good, alone', async (t) => {
  const out = await createOutput(t);
  for (const mode of ['overwrite', 'append'] as const) {
    const outcomes = await out.write(
      { path: `${mode}-{{ $id }}`, mode },
      testMessage('a', { id: 'x' }),
      testMessage('', { id: 'x', payload: Payload.ofValue(undefined) }),
    );
    assert.deepEqual(kinds(outcomes), ['delivered', 'rejected']);
  }
});

test('a file where a folder should be, or the other way round, is refused for good', async (t) => {
  const out = await createOutput(t);
  writeFileSync(path.join(out.folder, 'file'), '');
  mkdirSync(path.join(out.folder, 'folder'));
  for (const mode of ['overwrite', 'append', 'fail'] as const) {
    const outcomes = await out.write(
      { path: '{{ $id }}', mode },
      testMessage('x', { id: 'file/a' }),
      testMessage('x', { id: 'folder' }),
    );
    assert.deepEqual(kinds(outcomes), ['rejected', 'rejected'], mode);
    assert.ok(!reason(outcomes[0]).includes(out.folder), 'the message names no path of this machine');
  }
  assert.deepEqual(out.names(), ['file', 'folder']);
});

test('a full disk is worth another try and leaves nothing half behind', async (t) => {
  const out = await createOutput(t);
  if (!existsSync('/dev/full')) return t.skip('there is no /dev/full');
  symlinkSync('/dev', path.join(out.folder, 'device'));
  const config = { path: 'device/full', mode: 'append', sync: false } as const;
  const outcomes = await out.write(config, testMessage('x'));
  assert.deepEqual(kinds(outcomes), ['retry']);
  assert.match(reason(outcomes[0]), /^ENOSPC: /);
});

test('missing permission is worth another try', {
  skip: process.getuid?.() === 0 && 'root may do anything',
}, async (t) => {
  const out = await createOutput(t);
  chmodSync(out.folder, 0o500);
  const outcomes = await out.write({ path: 'a' }, testMessage('x'));
  chmodSync(out.folder, 0o700);
  assert.deepEqual(kinds(outcomes), ['retry']);
});

test('temporary files of a process that was killed long ago are removed', async (t) => {
  const out = await createOutput(t);
  const old = path.join(out.folder, '.a.json.0123456789ab.tmp');
  const fresh = path.join(out.folder, '.b.json.0123456789ab.tmp');
  const other = path.join(out.folder, '.c.tmp');
  for (const file of [old, fresh, other]) writeFileSync(file, 'half');
  for (const file of [old, other]) utimesSync(file, 1_700_000_000, 1_700_000_000);
  await out.write({ path: 'a.json' }, testMessage('x'));
  await eventually('the old one is removed', () => !existsSync(old));
  assert.deepEqual(out.names(), ['.b.json.0123456789ab.tmp', '.c.tmp', 'a.json']);
});

test('names as long as the file system takes are written too', async (t) => {
  const out = await createOutput(t);
  const name = `${'æ'.repeat(120)}.json`;
  assert.deepEqual(kinds(await out.write({ path: '{{ $id }}' }, testMessage('x', { id: name }))), [
    'delivered',
  ]);
  assert.deepEqual(out.names(), [name]);
});

test('a path that names a folder is refused before anything is written', () => {
  assert.throws(() => connector.producer?.({ path: './out/' }, createTestContext()), PermanentError);
});

/** A payload that is read as a stream of half megabytes and may break. */
function streamed(halves: number, breaksAt = halves): Payload {
  async function* open(): AsyncGenerator<Uint8Array> {
    for (let half = 0; half < halves; half++) {
      if (half === breaksAt) throw new Error('the store went away');
      yield await Promise.resolve(Buffer.alloc(500_000, half));
    }
  }
  return Payload.ofContent({ size: halves * 500_000, open }, 'application/octet-stream');
}

test('large payloads are written as they come, and appear only when they are whole', async (t) => {
  const out = await createOutput(t);
  const outcomes = await out.write(
    { path: "{{ $headers.'file-name' }}" },
    testMessage('', { payload: streamed(3), headers: { 'file-name': 'a.bin' } }),
    testMessage('', { payload: streamed(3, 2), headers: { 'file-name': 'b.bin' } }),
  );
  assert.deepEqual(kinds(outcomes), ['delivered', 'rejected']);
  assert.deepEqual(out.names(), ['a.bin']);
  assert.equal(out.read('a.bin').length, 1_500_000);
});

test('with `fail` a large payload that is there already counts as written, another does not', async (t) => {
  const out = await createOutput(t);
  const write = (payload: Payload) =>
    out.write({ path: 'a.bin', mode: 'fail' }, testMessage('', { payload }));
  const outcomes = [await write(streamed(2)), await write(streamed(2)), await write(streamed(3))];
  assert.deepEqual(kinds(outcomes.flat()), ['delivered', 'delivered', 'rejected']);
  assert.deepEqual(out.names(), ['a.bin']);
});
