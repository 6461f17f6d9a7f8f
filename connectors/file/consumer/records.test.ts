// Records of files: one message each, resumed exactly, the file finished with the last of them.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { test } from 'node:test';
import { busy, eventually, settle } from '../../../engine/connector/conformance.ts';
import { createInbox, gone, textOf } from '../testdata/inbox.ts';

const texts = (deliveries: readonly Parameters<typeof textOf>[0][]) => deliveries.map(textOf);

test('CSV records become JSON objects, in the dialect that was asked for', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('a.csv', '\u{feff}code;name\nNO;"Norway; kingdom"\nSE;Sweden\n');
  const deliveries = await inbox.drain({ records: 'csv', csv: { delimiter: ';' } });
  assert.deepEqual(texts(deliveries), [
    '{"code":"NO","name":"Norway; kingdom"}',
    '{"code":"SE","name":"Sweden"}',
  ]);
  assert.equal(deliveries[1]?.payload.contentType, 'application/json');
  assert.equal(deliveries[1]?.headers?.['file-record'], '2');
  assert.notEqual(deliveries[0]?.id, deliveries[1]?.id);
  assert.deepEqual(inbox.names('.done'), ['a.csv']);
});

test('NDJSON lines go on as they are written, without blank ones; plain lines keep theirs', async (t) => {
  const inbox = await createInbox(t);
  const content = '\u{feff}{"n": 1.0}\r\n\n{"n":12345678901234567890}';
  inbox.put('a.ndjson', content);
  assert.deepEqual(texts(await inbox.drain({ records: 'ndjson', after: 'keep' })), [
    '{"n": 1.0}',
    '{"n":12345678901234567890}',
  ]);
  const lines = await inbox.drain({ records: 'lines', after: 'keep' });
  assert.deepEqual(texts(lines), ['{"n": 1.0}', '', '{"n":12345678901234567890}']);
  assert.equal(lines[0]?.payload.contentType, 'text/plain');
});

test('every cursor goes on with the very next record, across files', async (t) => {
  for (const after of ['keep', 'move'] as const) {
    const inbox = await createInbox(t);
    const restore = () => {
      inbox.put('a.txt', '1\n2\n3\n');
      inbox.put('b.txt', '4\n5\n');
    };
    restore();
    const run = inbox.run({ records: 'lines', after });
    const cursors = [];
    for (let count = 0; count < 5; count++) cursors.push((await run.next()).cursor);
    await run.stop();
    for (const [index, cursor] of cursors.entries()) {
      const rest = await inbox.run({ records: 'lines', after }, cursor);
      const left = ['1', '2', '3', '4', '5'].slice(index + 1);
      for (const text of left) assert.equal(textOf(await rest.next()), text, `${after} ${index}`);
      await settle();
      assert.equal(rest.offered, false);
      await rest.stop();
    }
  }
});

test('a file stays until the last of its records is stored, in whatever order that happens', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('a.txt', '1\n2\n3');
  const run = inbox.run({ records: 'lines' });
  const [first, second, third] = [await run.next(), await run.next(), await run.next()];
  await third?.ack();
  await first?.ack();
  await settle();
  assert.ok(inbox.exists('a.txt'));
  await second?.ack();
  await gone(inbox, 'a.txt');
});

test('a file that a crash kept from being moved is moved at the next start, not taken again', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('a.txt', '1\n2');
  const run = inbox.run({ records: 'lines' });
  await run.next();
  const { cursor } = await run.next();
  await run.stop();
  assert.ok(inbox.exists('a.txt'));
  assert.deepEqual(await inbox.drain({ records: 'lines' }, cursor), []);
  assert.deepEqual(inbox.names('.done'), ['a.txt']);
});

test('a record that was not stored is offered again, and the file waits for it', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('a.txt', '1\n2');
  const run = inbox.run({ records: 'lines' });
  await (await run.next()).nack(busy);
  await (await run.next()).ack();
  await settle();
  assert.ok(inbox.exists('a.txt'));
  const again = await run.next();
  assert.equal(textOf(again), '1');
  await again.ack();
  await gone(inbox, 'a.txt');
});

test('a record that is too large is reported, the others are taken, the file stays', async (t) => {
  for (const format of ['lines', 'csv'] as const) {
    const inbox = await createInbox(t);
    inbox.put('a.txt', `n\n1\n${'x'.repeat(200_000)}\n3\n`);
    const run = inbox.run({ records: format, maxSize: '100KB', csv: { header: ['n'] } });
    const taken = [];
    for (let count = 0; count < 3; count++) taken.push(await run.next());
    assert.equal(textOf(taken[2] as never).includes('3'), true);
    for (const delivery of taken) await delivery.ack();
    await settle();
    assert.ok(inbox.exists('a.txt'));
    assert.match(run.context.logs[0]?.message ?? '', /a\.txt record 3 has more than maxSize/);
    await run.stop();
    const cursor = taken.at(-1)?.cursor;
    assert.deepEqual(await inbox.drain({ records: format, maxSize: '100KB' }, cursor), []);
    assert.ok(inbox.exists('a.txt'), 'not moved after a restart either');
  }
});

test('a file that stops being CSV is left behind after the records before, and taken anew when somebody has mended it', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('a.csv', 'a,b\n1,2\n3\n');
  const run = inbox.run({ records: 'csv' });
  const first = await run.next();
  assert.equal(textOf(first), '{"a":"1","b":"2"}');
  await first.ack();
  await eventually('the end is reported', () => run.context.logs.length > 0);
  assert.match(run.context.logs[0]?.message ?? '', /a\.csv cannot be read to its end: .*; left where it is/s);
  assert.ok(inbox.exists('a.csv'));
  inbox.put('a.csv', 'a,b\n5,6\n');
  assert.equal(textOf(await run.next()), '{"a":"5","b":"6"}');
});

test('a file that grows while it is read is not finished with half a record', async (t) => {
  const inbox = await createInbox(t);
  const file = inbox.put('a.txt', '1\n2\nhal');
  const run = inbox.run({ records: 'lines' });
  await (await run.next()).ack();
  appendFileSync(file, 'f\n');
  const seen = new Set<string>();
  while (!seen.has('half')) {
    const delivery = await run.next();
    seen.add(textOf(delivery));
    await delivery.ack();
  }
  assert.ok(!seen.has('hal'));
  await gone(inbox, 'a.txt');
});

test('files without records are finished without a message', async (t) => {
  const inbox = await createInbox(t);
  inbox.put('empty.csv', '');
  inbox.put('header.csv', 'a,b\n');
  assert.deepEqual(await inbox.drain({ records: 'csv' }), []);
  assert.deepEqual(inbox.names('.done'), ['empty.csv', 'header.csv']);
});

test('a file far larger than memory may hold is read as its records are stored', async (t) => {
  const inbox = await createInbox(t);
  const line = `${'x'.repeat(99_999)}\n`;
  inbox.put('big.txt', line.repeat(1000));
  const run = inbox.run({ records: 'lines' });
  const held = [];
  while (held.length < 84) held.push(await run.next());
  await settle();
  assert.equal(run.offered, false, 'beyond 8 MiB nothing is offered');
  for (const delivery of held) await delivery.ack();
  await run.next();
});
