// Whole files: which are taken, when, and what becomes of them.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, mkdirSync, renameSync, symlinkSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { busy, eventually, settle } from '../../../engine/connector/conformance.ts';
import { PermanentError } from '../../../engine/connector/index.ts';
import { createInbox, gone, textOf } from '../testdata/inbox.ts';
import { ManualClock } from '../testdata/manual-clock.ts';

const names = (deliveries: readonly { readonly key?: string }[]) => deliveries.map(({ key }) => key);

test('files that are there already come in the order of their names, with headers that tell of them', async (t) => {
  const inbox = await createInbox(t);
  for (const name of ['b.xml', 'a.json', 'æ.csv', 'c']) inbox.put(name, `content of ${name}`);
  utimesSync(path.join(inbox.directory, 'a.json'), 1_700_000_000, 1_700_000_000);
  const deliveries = await inbox.drain();
  assert.deepEqual(names(deliveries), ['a.json', 'b.xml', 'c', 'æ.csv']);
  assert.deepEqual(
    deliveries.map(({ payload }) => payload.contentType),
    ['application/json', 'application/xml', 'application/octet-stream', 'text/csv'],
  );
  assert.deepEqual(deliveries[0]?.headers, {
    'file-name': 'a.json',
    'file-path': 'a.json',
    'file-size': '17',
    'file-modified': '2023-11-14T22:13:20.000Z',
  });
  assert.deepEqual(inbox.names('.done'), ['a.json', 'b.xml', 'c', 'æ.csv']);
});

test('a file that is still being written is not taken until it has been left alone for the settle time', async (t) => {
  const inbox = await createInbox(t);
  const clock = new ManualClock();
  const file = inbox.put('slow.txt', 'first half, ');
  const run = inbox.run({ settle: '500ms' }, undefined, clock);
  await clock.advance(run, 480);
  appendFileSync(file, 'second half');
  await clock.advance(run, 480);
  assert.equal(run.offered, false);
  await clock.advance(run, 100);
  assert.equal(textOf(await run.next()), 'first half, second half');
});

test('with a marker a file is taken once its marker is there, and the marker goes with it', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('a.xml');
  inbox.put('b.xml');
  inbox.put('b.xml.ok', '');
  assert.deepEqual(names(await inbox.drain({ marker: '.ok' })), ['b.xml']);
  assert.deepEqual(inbox.names(), ['.done', 'a.xml']);
  inbox.put('a.xml.ok', '');
  assert.deepEqual(names(await inbox.drain({ marker: '.ok' })), ['a.xml']);
});

test('unfinished and hidden files, links and folders are left alone', async (t) => {
  const inbox = await createInbox(t);
  for (const name of ['a.tmp', 'a.part', 'a.crdownload', '.a', 'a~', 'a.TMP']) inbox.put(name);
  inbox.put('../outside/secret.txt');
  symlinkSync('../outside/secret.txt', path.join(inbox.directory, 'link.txt'));
  symlinkSync('../outside', path.join(inbox.directory, 'linked'));
  inbox.put('.hidden/b.txt');
  inbox.put('folder/c.txt');
  assert.deepEqual(names(await inbox.drain({ recursive: true })), ['folder/c.txt']);
  assert.deepEqual(names(await inbox.drain({ after: 'keep' })), []);
});

test('a pattern without a slash is about the file name, with one about the path', async (t) => {
  const inbox = await createInbox(t);
  for (const name of ['a.xml', 'a.csv', 'in/b.xml', 'in/deep/c.xml', 'out/d.xml']) inbox.put(name);
  const found = async (pattern: string, recursive: boolean) =>
    names(await inbox.drain({ pattern, recursive, after: 'keep' }));
  assert.deepEqual(await found('*.xml', false), ['a.xml']);
  assert.deepEqual(await found('*.xml', true), ['a.xml', 'in/b.xml', 'in/deep/c.xml', 'out/d.xml']);
  assert.deepEqual(await found('in/**/*.xml', true), ['in/b.xml', 'in/deep/c.xml']);
  assert.deepEqual(await found('*.{csv,json}', true), ['a.csv']);
});

test('a file stays where it is until its message is stored', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('a.txt');
  const run = inbox.run();
  const delivery = await run.next();
  await settle();
  assert.ok(inbox.exists('a.txt'));
  await delivery.ack();
  assert.ok(!inbox.exists('a.txt'));
});

test('files moved under a taken name get another one', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('sub/a.xml', 'first');
  await inbox.drain({ recursive: true, moveTo: 'old' });
  inbox.put('sub/a.xml', 'second');
  await inbox.drain({ recursive: true, moveTo: 'old' });
  const moved = inbox.names('old/sub');
  assert.equal(moved.length, 2);
  assert.match(moved[0] ?? '', /^a\.\d{8}T\d{9}Z\.xml$/);
  assert.equal(moved[1], 'a.xml');
});

test('files are moved onto other file systems too', async (t) => {
  const other = '/dev/shm';
  const inbox = await createInbox(t);
  const { mkdtemp, rm, stat, readFile } = await import('node:fs/promises');
  const [here, there] = await Promise.all([stat(inbox.directory), stat(other).catch(() => undefined)]);
  if (there === undefined || there.dev === here.dev) return t.skip('there is no second file system');
  const target = await mkdtemp(`${other}/vrsky-`);
  t.after(() => rm(target, { recursive: true }));
  inbox.put('a.txt', 'far away');
  await inbox.drain({ moveTo: target });
  assert.equal(await readFile(`${target}/a.txt`, 'utf8'), 'far away');
  assert.deepEqual(inbox.names(), []);
});

test('a file that is deleted after it was taken is gone, one that is kept stays', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('a.txt');
  assert.equal((await inbox.drain({ after: 'keep' })).length, 1);
  assert.ok(inbox.exists('a.txt'));
  assert.equal((await inbox.drain({ after: 'delete' })).length, 1);
  assert.deepEqual(inbox.names(), []);
});

test('a file whose message could not be stored is offered again after the time that was asked for', async (t) => {
  const inbox = await createInbox(t);
  const clock = new ManualClock();
  inbox.put('a.txt');
  const run = inbox.run({}, undefined, clock);
  const first = await run.next();
  await first.nack({ ...busy, retryAfterMs: 2_000 });
  await clock.advance(run, 1_900);
  assert.equal(run.offered, false);
  await clock.advance(run, 200);
  const again = await run.next();
  assert.equal(again.id, first.id);
  await again.ack();
});

test('a file that is too large stays, is reported once, and is taken when it has become smaller', async (t) => {
  const inbox = await createInbox(t);
  const clock = new ManualClock();
  inbox.put('big.txt', 'x'.repeat(2000));
  const run = inbox.run({ maxSize: '1KB' }, undefined, clock);
  await clock.advance(run, 20_000, 500);
  assert.deepEqual(
    run.context.logs.map(({ level, message }) => [level, message]),
    [['error', 'big.txt has 2000 bytes, more than maxSize (1000); left where it is']],
  );
  inbox.put('big.txt', 'small now');
  await clock.advance(run, 6_000, 500);
  assert.equal(textOf(await run.next()), 'small now');
});

test('a message that can never be stored leaves its file where it is', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('a.txt');
  const run = inbox.run();
  await (await run.next()).nack({ kind: 'refused', message: 'too large for the stream', retryAfterMs: 0 });
  await settle();
  assert.equal(run.offered, false);
  assert.ok(inbox.exists('a.txt'));
  assert.match(run.context.logs[0]?.message ?? '', /a\.txt can never be stored: too large for the stream/);
});

test('a version that came after the file was read is not thrown away with it', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('a.txt', 'old');
  const run = inbox.run({ after: 'delete' });
  const old = await run.next();
  inbox.put('a.new', 'new');
  renameSync(path.join(inbox.directory, 'a.new'), path.join(inbox.directory, 'a.txt'));
  await old.ack();
  const next = await run.next();
  assert.equal(textOf(next), 'new');
  assert.notEqual(next.id, old.id);
  await next.ack();
  assert.deepEqual(inbox.names(), []);
});

test('the same name, size and time with other content has another id, so nobody takes it for a repetition', async (t) => {
  const inbox = await createInbox(t);
  const ids = new Set<string | undefined>();
  for (const content of ['one', 'two']) {
    utimesSync(inbox.put('a.txt', content), 1_700_000_000, 1_700_000_000);
    for (const delivery of await inbox.drain()) ids.add(delivery.id);
  }
  assert.equal(ids.size, 2);
});

test('a directory that is missing is waited for', async (t) => {
  const inbox = await createInbox(t);
  const clock = new ManualClock();
  const run = inbox.run({}, undefined, clock);
  await clock.rest(run);
  renameSync(inbox.directory, `${inbox.directory}-away`);
  await clock.advance(run, 3_000, 500);
  mkdirSync(inbox.directory);
  inbox.put('late.txt');
  await clock.advance(run, 3_000, 500);
  assert.equal((await run.next()).key, 'late.txt');
  const said = run.context.logs.map(({ level, message }) => `${level} ${message.split(':', 1)}`);
  assert.deepEqual(said, [`warn waiting for ${inbox.directory}`, `info ${inbox.directory} is there`]);
});

test('with `keep` a restart takes only what is new or has changed', async (t) => {
  const inbox = await createInbox(t);
  for (const name of ['a.txt', 'b.txt', 'c.txt']) inbox.put(name);
  const first = await inbox.drain({ after: 'keep' });
  const cursor = first.at(-1)?.cursor;
  assert.deepEqual(await inbox.drain({ after: 'keep' }, cursor), []);
  inbox.put('b.txt', 'other content');
  inbox.put('d.txt');
  chmodSync(path.join(inbox.directory, 'a.txt'), 0o600);
  const second = await inbox.drain({ after: 'keep' }, cursor);
  assert.deepEqual(names(second), ['b.txt', 'd.txt']);
});

test('with `keep` a file that was not stored is in no later cursor', async (t) => {
  const inbox = await createInbox(t);
  for (const name of ['a.txt', 'b.txt', 'c.txt']) inbox.put(name);
  const run = inbox.run({ after: 'keep' });
  await (await run.next()).nack({ ...busy, retryAfterMs: 60_000 });
  await run.next();
  const { key, cursor } = await run.next();
  assert.equal(key, 'c.txt');
  await run.stop();
  assert.deepEqual(names(await inbox.drain({ after: 'keep' }, cursor)), ['a.txt']);
});

test('no more is held in memory than there is room for', async (t) => {
  const inbox = await createInbox(t);
  const size = 250_000;
  for (let index = 100; index < 150; index++) inbox.put(`${index}.bin`, Buffer.alloc(size));
  const run = inbox.run();
  const held = [];
  for (let index = 0; index < 34; index++) held.push(await run.next());
  await settle();
  assert.equal(run.offered, false, 'beyond 8 MiB nothing is offered');
  await held[0]?.ack();
  await run.next();
});

test('a large file comes as a stream, as often as it is read', async (t) => {
  const inbox = await createInbox(t);
  const content = Buffer.alloc(1_000_000, 'large ');
  inbox.put('big.bin', content);
  const delivery = await inbox.run().next();
  const stream = delivery.payload.content;
  assert.ok(stream);
  assert.equal(stream.size, content.byteLength);
  for (let time = 0; time < 2; time++) {
    assert.ok((await buffer(stream.open(new AbortController().signal))).equals(content));
  }
  await delivery.ack();
  assert.deepEqual(inbox.names(), ['.done']);
});

test('a large file that changes after it was offered ends its stream with an error', async (t) => {
  const inbox = await createInbox(t);
  const file = inbox.put('big.bin', Buffer.alloc(1_000_000));
  const stream = (await inbox.run().next()).payload.content;
  appendFileSync(file, 'more');
  assert.ok(stream);
  const reading = buffer(stream.open(new AbortController().signal));
  await assert.rejects(reading, /big\.bin changed while it was read/);
});

test('a finite consumer ends when everything is settled, whatever must stay behind', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('a.txt');
  inbox.put('big.txt', 'x'.repeat(2000));
  inbox.put('b.part');
  assert.deepEqual(names(await inbox.drain({ maxSize: '1KB', settle: '10ms' })), ['a.txt']);
  assert.deepEqual(inbox.names(), ['.done', 'b.part', 'big.txt']);
});

test('names that no header can hold are encoded there', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('two\nlines.txt');
  const [delivery] = await inbox.drain();
  assert.equal(delivery?.headers?.['file-name'], 'two%0Alines.txt');
  assert.equal(delivery?.key, 'two\nlines.txt');
});

test('a file that comes into a subfolder is noticed at once', async (t) => {
  const inbox = await createInbox(t);
  const run = inbox.run({ recursive: true });
  inbox.put('sub/a.txt');
  await (await run.next()).ack();
  inbox.put('sub/b.txt');
  const delivery = await run.next();
  assert.equal(delivery.key, 'sub/b.txt');
  await delivery.ack();
  await gone(inbox, 'sub/b.txt');
});

test('many files are taken once each, whatever order they are stored in', async (t) => {
  const inbox = await createInbox(t);
  const all = Array.from({ length: 500 }, (_, index) => `${index}.json`);
  for (const name of all) inbox.put(name);
  const run = inbox.run();
  const seen = new Set<string | undefined>();
  const acks: Promise<unknown>[] = [];
  for (let count = 0; count < all.length; count++) {
    const delivery = await run.next();
    assert.ok(!seen.has(delivery.key), `${delivery.key} came twice`);
    seen.add(delivery.key);
    acks.push(new Promise((resolve) => setImmediate(() => resolve(delivery.ack()))));
  }
  await Promise.all(acks);
  await eventually('all are moved', () => inbox.names('.done').length === all.length);
  assert.equal(run.offered, false);
});

test('what cannot work is refused at once', async (t) => {
  const inbox = await createInbox(t);
  const failure = (settings: object) => inbox.run(settings).next();
  await assert.rejects(failure({ moveTo: '.' }), PermanentError);
  await assert.rejects(failure({ records: 'lines', maxSize: '9MiB' }), /maxSize: a record has 8MiB at most/);
  await assert.rejects(failure({ settle: 'soon' }), /settle: "soon" is not a duration/);
});
