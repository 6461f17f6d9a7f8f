// What SIGKILL in the middle of writing leaves behind: whole files, mended lines, everything that was delivered.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FileProducerConfig } from '../config.gen.ts';

const program = fileURLToPath(new URL('../testdata/append-forever.ts', import.meta.url));

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-crash-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs the writer from a number on until so many are delivered, then kills it; answers the numbers it said. */
function writeAndKill(
  config: FileProducerConfig,
  first: number,
  size: number,
  count: number,
): Promise<number[]> {
  const child = spawn(process.execPath, [program, JSON.stringify(config), String(first), String(size)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > count) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(said.split('\n').slice(0, -1).map(Number)));
  });
}

interface Entry {
  readonly number: number;
  readonly filler: string;
}

test('a killed writer leaves no half file under a final name', async (t) => {
  const folder = await temporaryFolder(t);
  const size = 20_000;
  const config = { directory: folder, path: '{{ $floor(number / 100) }}/{{ number }}.json' };
  const said = await writeAndKill(config, 0, size, 1000);
  assert.ok(said.length >= 1000);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?:^|\/)\d+\.json$/.test(name),
  );
  const found = new Set(
    files.map((name) => {
      const entry = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Entry;
      assert.equal(entry.filler.length, size);
      return entry.number;
    }),
  );
  for (const number of said) assert.ok(found.has(number), `${number} was delivered`);
});

test('appending goes on after each kill: whole lines, nothing delivered is missing', async (t) => {
  const folder = await temporaryFolder(t);
  const config: FileProducerConfig = { directory: folder, path: 'all.ndjson', mode: 'append' };
  const size = 30_000;
  const delivered = new Set<number>();
  for (let run = 0; run < 4; run++) {
    // What was not delivered is written again, as the engine does.
    for (const number of await writeAndKill(config, delivered.size, size, 100)) delivered.add(number);
  }
  const lines = readFileSync(path.join(folder, 'all.ndjson'), 'utf8').split('\n');
  lines.pop();
  const numbers = new Set(
    lines.map((line) => {
      const entry = JSON.parse(line) as Entry;
      assert.equal(entry.filler.length, size);
      return entry.number;
    }),
  );
  for (const number of delivered) assert.ok(numbers.has(number), `${number} was delivered`);
});

test('a line that was cut off by a crash is written again in its place', async (t) => {
  const folder = await temporaryFolder(t);
  const file = path.join(folder, 'all.ndjson');
  writeFileSync(file, '{"number":-1}\n{"number":0,"fil');
  await writeAndKill({ directory: folder, path: 'all.ndjson', mode: 'append' }, 0, 10, 20);
  const [before, mended] = readFileSync(file, 'utf8').split('\n');
  assert.equal(before, '{"number":-1}');
  assert.deepEqual(JSON.parse(mended ?? ''), { number: 0, filler: 'xxxxxxxxxx' });
});
