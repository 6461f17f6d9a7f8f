import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { parse } from 'yaml';

const cli = path.resolve(import.meta.dirname, '..', 'vrsky.ts');

describe('vrsky init', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'vrsky-init-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const vrsky = (...args: readonly string[]) =>
    spawnSync(process.execPath, [cli, ...args], {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
  const read = (file: string) => readFileSync(path.join(directory, file), 'utf8');

  test('makes a repository whose flow is valid and laid out', () => {
    const { status, stdout } = vrsky('init');
    assert.equal(status, 0);
    assert.match(stdout, /^created flows\/orders\.vrsky\.yaml$/m);
    assert.deepEqual([vrsky('validate', '--strict').status, vrsky('fmt', '--check').status], [0, 0]);
    const tests = vrsky('test', '--coverage');
    assert.equal(tests.status, 0, tests.stdout);
    assert.ok(existsSync(path.join(directory, 'schemas/connectors/http.schema.json')));
    assert.equal(parse(read('.github/workflows/flows.yml')).name, 'flows');
    assert.match(read('.gitignore'), /^\.vrsky\/$/m);
    const settings = JSON.parse(read('.vscode/settings.json'));
    for (const schema of Object.keys(settings['yaml.schemas']))
      assert.ok(existsSync(path.join(directory, schema)));
  });

  test('the modeline of the example leads to the schema', () => {
    vrsky('init');
    const [, schema] = /^# yaml-language-server: \$schema=(.*)$/m.exec(read('flows/orders.vrsky.yaml')) ?? [];
    assert.ok(existsSync(path.join(directory, 'flows', String(schema))));
  });

  test('never overwrites a file, says so, and adds what is missing', () => {
    mkdirSync(path.join(directory, 'flows'));
    writeFileSync(path.join(directory, 'flows/orders.vrsky.yaml'), '# mine\n');
    writeFileSync(path.join(directory, 'package.json'), '{}');
    const { status, stdout } = vrsky('init');
    assert.equal(status, 0);
    assert.match(stdout, /^kept {4}flows\/orders\.vrsky\.yaml$/m);
    assert.deepEqual([read('flows/orders.vrsky.yaml'), read('package.json')], ['# mine\n', '{}']);
    assert.ok(existsSync(path.join(directory, 'flows/samples/order.json')));
    const again = vrsky('init').stdout;
    assert.doesNotMatch(again, /created/);
  });

  test('makes the directory it is given, with a package name made from it', () => {
    assert.equal(vrsky('init', 'My Flows/øst').status, 0);
    const { name, devDependencies } = JSON.parse(read('My Flows/øst/package.json'));
    assert.equal(name, 'st');
    assert.match(devDependencies.vrsky, /^\^\d+\.\d+\.\d+$/);
  });

  test('a path to a file is a usage error', () => {
    writeFileSync(path.join(directory, 'here'), '');
    const { status, stderr } = vrsky('init', 'here');
    assert.equal(status, 4);
    assert.match(stderr, /here is not a directory/);
  });
});
