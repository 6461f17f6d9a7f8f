// A flag that V8 does not know (any more) changes nothing: it says so, and goes on.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

function boundInProcess(flag: string) {
  const module = pathToFileURL(path.join(import.meta.dirname, 'young-generation.ts')).href;
  const code = `(await import(${JSON.stringify(module)})).boundWorkerHeap(); (await import('node:v8')).setFlagsFromString('${flag}');`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
}

test('V8 knows every flag that a worker sets', () => {
  const { status, stderr } = boundInProcess('--semi-space-growth-factor=2');
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  assert.match(boundInProcess('--no-such-flag').stderr, /unrecognized flag/);
});
