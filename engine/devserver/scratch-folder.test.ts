// What a test or benchmark leaves when it is killed goes when the next begins.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { dropFolder, scratchFolder } from './scratch-folder.ts';

const module = path.join(import.meta.dirname, 'scratch-folder.ts');
const what = `scratch-test-${process.pid}`;

async function killedBy(signal: NodeJS.Signals): Promise<string> {
  const source = `const { scratchFolder } = await import(${JSON.stringify(module)});
    console.log(await scratchFolder(${JSON.stringify(what)}));
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill(signal);
  await once(child, 'exit');
  return line.toString().trim();
}

test('a folder goes with a process that is told to end', async () => {
  assert.ok(!existsSync(await killedBy('SIGTERM')));
});

test('a folder of a process that was killed goes when the next is made; those of the living stay', async () => {
  const left = await killedBy('SIGKILL');
  assert.ok(existsSync(left));
  const own = await scratchFolder(what);
  assert.ok(!existsSync(left));
  const another = await scratchFolder(what);
  assert.ok(existsSync(own));
  for (const folder of [own, another]) await dropFolder(folder);
  assert.ok(!existsSync(own));
});
