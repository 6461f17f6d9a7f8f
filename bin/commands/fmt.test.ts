import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

const cli = path.resolve(import.meta.dirname, '..', 'vrsky.ts');

describe('vrsky fmt', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'vrsky-fmt-'));
    mkdirSync(path.join(directory, 'flows'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const fmt = (args: readonly string[], input = '') =>
    spawnSync(process.execPath, [cli, 'fmt', ...args], {
      cwd: directory,
      input,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
  const write = (name: string, text: string) => writeFileSync(path.join(directory, 'flows', name), text);
  const read = (name: string) => readFileSync(path.join(directory, 'flows', name), 'utf8');

  test('rewrites what is not laid out, tests too, and names it', () => {
    write('a.vrsky.yaml', 'kind:   Flow # c\n');
    write('a.test.yaml', 'kind:   Test\n');
    write('b.vrsky.yaml', 'kind: Flow\n');
    chmodSync(path.join(directory, 'flows/a.vrsky.yaml'), 0o640);
    const { status, stdout } = fmt([]);
    assert.deepEqual([status, stdout], [0, 'flows/a.test.yaml\nflows/a.vrsky.yaml\n']);
    assert.deepEqual([read('a.vrsky.yaml'), read('a.test.yaml')], ['kind: Flow # c\n', 'kind: Test\n']);
    assert.equal(statSync(path.join(directory, 'flows/a.vrsky.yaml')).mode & 0o777, 0o640);
    assert.deepEqual([fmt([]).stdout, fmt(['--check']).status], ['', 0]);
  });

  test('--check changes nothing and fails when there is something to change', () => {
    write('a.yaml', 'kind:   Flow\n');
    const { status, stdout } = fmt(['flows', '--check']);
    assert.deepEqual([status, stdout, read('a.yaml')], [1, 'flows/a.yaml\n', 'kind:   Flow\n']);
  });

  test('a file with a mistake in its YAML is shown and left alone, the others are done', () => {
    write('a.yaml', 'kind: [\n');
    write('b.yaml', 'kind:   Flow\n');
    const { status, stderr } = fmt([]);
    assert.equal(status, 3);
    assert.match(stderr, /flows\/a\.yaml:2:1 error VRS1001/);
    assert.deepEqual([read('a.yaml'), read('b.yaml')], ['kind: [\n', 'kind: Flow\n']);
  });

  test('standard input goes to standard output', () => {
    const { status, stdout } = fmt(['-'], 'a:\n- 1\n');
    assert.deepEqual([status, stdout], [0, 'a:\n  - 1\n']);
  });
});
