// Large files through an engine with a real nats-server: byte for byte, without being held, and nothing left behind.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { deploy } from '../bin/cli/deploy.ts';
import { openSession, type Session } from '../bin/cli/dev-session.ts';
import { loadFlows } from '../bin/cli/manifests.ts';
import { buckets } from '../engine/compile/topology.ts';
import { PayloadHolders } from '../engine/payload/holders.ts';
import { discardDeadLetter, listDeadLetters, retryDeadLetter } from '../engine/runtime/dead-letter-box.ts';

let directory: string;
let session: Session;
let holders: PayloadHolders;

const manifest = `apiVersion: vrsky.io/v1
kind: Flow
metadata:
  name: big-files
spec:
  consumers:
    - { name: inbox, type: file, directory: ./in, settle: 20ms }
  steps:
    - name: by-kind
      type: route
      match: all
      routes:
        - { when: $headers.'file-name' != "x", to: one }
        - { when: $headers.'file-name' != "x", to: two }
  producers:
    - { name: one, type: file, path: "./one/{{ $headers.'file-name' }}" }
    - { name: two, type: file, path: "./two/{{ $headers.'file-name' }}", mode: fail }
  payload: { inline: 64KiB, maxValue: 1MiB }
---
apiVersion: vrsky.io/v1
kind: Flow
metadata:
  name: whole
spec:
  consumers:
    - { name: inbox, type: file, directory: ./whole, settle: 20ms }
  steps:
    - { name: ids, type: map, expression: "$map(items, function($item) { $item.id })" }
  producers:
    - { name: out, type: file, path: "./ids/{{ $headers.'file-name' }}" }
  payload: { inline: 64KiB, maxValue: 1MiB }
`;

before(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vrsky-large-'));
  for (const folder of ['in', 'whole']) await mkdir(path.join(directory, folder));
  await writeFile(path.join(directory, 'flows.yaml'), manifest);
  session = await openSession({
    dataDirectory: path.join(directory, 'nats'),
    payloadsDirectory: path.join(directory, 'payloads'),
    announce: false,
    workingDirectory: directory,
    graceMs: 5_000,
    log: () => undefined,
  });
  holders = new PayloadHolders(() => session.connected.broker.bucket(buckets.payloads));
  const flows = await loadFlows([path.join(directory, 'flows.yaml')]);
  await deploy(flows, { tenant: 'default', owner: 'cli' }, session.connected, () => undefined);
  await session.startWorker();
});

after(async () => {
  await session.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
});

async function eventually<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const giveUpAt = Date.now() + 120_000;
  while (Date.now() < giveUpAt) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await pause(20);
  }
  throw new Error(`waited two minutes in vain: ${what}`);
}

/** Under a temporary name first, so that it is whole when it appears. */
async function drop(folder: string, name: string, content: Uint8Array): Promise<void> {
  const file = path.join(directory, folder, name);
  await writeFile(`${file}.tmp`, content);
  await rename(`${file}.tmp`, file);
}

const written = (...names: string[]) =>
  eventually(names.join('/'), async () => {
    const file = path.join(directory, ...names);
    return existsSync(file) ? readFile(file) : undefined;
  });

const objects = () => globSync('*/*', { cwd: path.join(directory, 'payloads') });

const isFree = (key: string) =>
  eventually(`${key} is free`, async () => {
    const entry = await holders.find(key);
    return entry === undefined || (entry.holders.length === 0 && entry.dead.length === 0);
  });

test('a large file reaches both producers of a fan-out as it was, and its one object is free afterwards', async () => {
  const content = randomBytes(20_000_000);
  await drop('in', 'big.bin', content);
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  for (const folder of ['one', 'two']) assert.equal(hash(await written(folder, 'big.bin')), hash(content));
  const stored = objects();
  assert.equal(stored.length, 1);
  assert.match(stored[0] ?? '', /^big-files\/\d+-[0-9a-f]{32}$/);
  await isFree(stored[0] as string);
});

test('a step that needs the whole of a large payload gets it', async () => {
  const items = Array.from({ length: 20_000 }, (_, id) => ({ id, text: 'x' }));
  await drop('whole', 'items.json', Buffer.from(JSON.stringify({ items })));
  const ids: unknown = JSON.parse((await written('ids', 'items.json')).toString());
  assert.ok(Array.isArray(ids) && ids.length === 20_000 && ids[19_999] === 19_999);
});

test('what is too large for such a step is a dead letter; retried it is one again, discarded it frees its payload', async () => {
  const { broker, cluster } = session.connected;
  await drop('whole', 'huge.json', Buffer.alloc(3_000_000, ' '));
  const deadLetter = (after: number) =>
    eventually('a dead letter', async () => {
      for await (const letter of listDeadLetters(cluster, 'whole'))
        if (letter.view.number > after) return letter;
      return undefined;
    });
  const first = await deadLetter(0);
  assert.deepEqual(
    [first.view.code, first.view.node, first.view.reference?.size],
    ['VRS8505', 'ids', 3_000_000],
  );
  const key = first.view.reference?.key ?? '';
  await retryDeadLetter(first.stored, cluster, broker, Date.now());
  const second = await deadLetter(first.view.number);
  assert.equal(second.view.reference?.key, key);
  assert.equal((await holders.find(key))?.dead.length, 1);
  await discardDeadLetter(second.stored, cluster, holders);
  await isFree(key);
});
