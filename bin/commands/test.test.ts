import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

const program = path.resolve(import.meta.dirname, '../vrsky.ts');
let directory: string;

const flow = (unit: string) => `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: orders }
spec:
  consumers: [ { name: in, type: http, path: /orders } ]
  steps: [ { name: shape, type: map, expression: '{ "unit": "${unit}" }' } ]
  producers: [ { name: out, type: log }, { name: never, type: log } ]
`;

before(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'vrsky-test-'));
  writeFileSync(path.join(directory, 'orders.yaml'), flow('EUR'));
  writeFileSync(
    path.join(directory, 'orders.test.yaml'),
    `apiVersion: vrsky.io/v1
kind: Test
metadata: { name: orders }
spec:
  flow: orders
  cases:
    - name: has a unit
      given: [ { payload: {} } ]
      expect: { delivered: [ { to: out, payload: { unit: EUR } }, { to: never } ] }
    - name: starts at the step
      given: [ { at: shape, payload: {} } ]
      expect: { delivered: [ { to: out }, { to: never } ] }
`,
  );
});
after(() => rmSync(directory, { recursive: true }));

function vrsky(...args: readonly string[]) {
  const env = { ...process.env, NO_COLOR: '1' };
  return spawnSync(process.execPath, [program, ...args], { cwd: directory, encoding: 'utf8', env });
}

test('passing tests are exit code 0, a failing one 1, a wrong manifest 3, no test at all 1', () => {
  assert.equal(vrsky('test', '.').status, 0);
  writeFileSync(path.join(directory, 'orders.yaml'), flow('USD'));
  const failed = vrsky('test', '.');
  assert.deepEqual([failed.status, failed.stderr], [1, '']);
  assert.match(failed.stdout, /\+ actual {4}"USD"/);
  assert.equal(vrsky('test', '.', '--filter', 'STEP').status, 0);
  writeFileSync(path.join(directory, 'orders.yaml'), flow('"'));
  assert.equal(vrsky('test', '.').status, 3);
  writeFileSync(path.join(directory, 'orders.yaml'), flow('EUR'));
  const none = vrsky('test', '.', '--filter', 'nothing like it');
  assert.deepEqual([none.status, none.stderr], [1, 'no test has nothing like it in its name\n']);
});

test('data goes to stdout in the format asked for', () => {
  assert.match(
    vrsky('test', 'orders.test.yaml', '--format', 'tap').stdout,
    /^TAP version 14\n1\.\.2\nok 1 - /,
  );
  assert.match(
    vrsky('test', '.', '--format', 'junit').stdout,
    /^<\?xml .*\n<testsuites .* tests="2" failures="0"/,
  );
});

test('--coverage fails when something is not reached', () => {
  const { status, stdout } = vrsky('test', '.', '--coverage', '--filter', 'has a unit');
  assert.equal(status, 0, stdout);
  writeFileSync(
    path.join(directory, 'orders.yaml'),
    flow('EUR').replace('steps: [', "steps: [ { name: all, type: filter, when: 'true' },"),
  );
  const missed = vrsky('test', '.', '--coverage');
  writeFileSync(path.join(directory, 'orders.yaml'), flow('EUR'));
  assert.equal(missed.status, 1);
  assert.match(missed.stdout, /orders\.yaml:6:20 no test reaches filter all: filters/);
});

test('validate checks tests, compile leaves them out', () => {
  const { status, stderr } = vrsky('validate', '.');
  assert.deepEqual([status, stderr], [0, '✓ 1 flow, 1 test manifest, no problems\n']);
  assert.equal(vrsky('compile', '.').status, 0);
  assert.equal(vrsky('compile', 'orders.yaml', 'orders.test.yaml').status, 0);
});

test('--watch runs the tests again when a file changes, until it is interrupted', async () => {
  const child = spawn(process.execPath, [program, 'test', '.', '--watch'], {
    cwd: directory,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const said = (words: RegExp) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!words.test(output)) return;
        child.stdout.off('data', look);
        resolve();
      };
      child.stdout.on('data', look);
      look();
    });
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const ready = new Promise<void>((resolve) =>
    child.stderr.on('data', (chunk: Buffer) => /waiting for changes/.test(chunk.toString()) && resolve()),
  );
  await said(/2 tests passed/);
  await ready;
  writeFileSync(path.join(directory, 'orders.yaml'), flow('USD'));
  await said(/1 of 2 tests failed/);
  writeFileSync(path.join(directory, 'orders.yaml'), flow('EUR'));
  await said(/2 tests passed[\s\S]*2 tests passed/);
  child.kill('SIGINT');
  const [code] = await new Promise<readonly [number | null]>((resolve) =>
    child.on('exit', (status) => resolve([status])),
  );
  assert.equal(code, 130);
});
