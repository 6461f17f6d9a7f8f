// A project that depends on a package with a connector, as npm would lay it out.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { withServer } from '../../engine/devserver/test-server.ts';
import { installedConnectors } from './installed-connectors.ts';

const root = path.resolve(import.meta.dirname, '../..');
const guide = readFileSync(path.join(root, 'docs/guide/connectors.md'), 'utf8');
/** What the guide says that a package.json looks like. */
const manifest = /^```json\n(.*?)^```$/ms.exec(guide)?.[1] ?? '';

const flow = `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: rows }
spec:
  consumers: [ { name: in, type: schedule, every: 1m } ]
  producers: [ { name: out, type: sqlite, file: ./a.db, table: rows } ]
`;
const tests = `apiVersion: vrsky.io/v1
kind: Test
metadata: { name: rows }
spec:
  flow: rows
  cases: [ { name: a row is written, given: [ { payload: 1 } ], expect: { delivered: [ { to: out } ] } } ]
`;

describe('a connector of an installed package', () => {
  let directory: string;
  const at = (...parts: readonly string[]) => path.join(directory, ...parts);
  const vrsky = (...args: readonly string[]) =>
    spawnSync(process.execPath, [path.join(root, 'bin/vrsky.ts'), ...args], {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
  const install = (text: string) => writeFileSync(at('node_modules/vrsky-sqlite/package.json'), text);

  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'vrsky-installed-'));
    mkdirSync(at('node_modules/vrsky-sqlite'), { recursive: true });
    mkdirSync(at('flows'));
    writeFileSync(at('package.json'), '{ "dependencies": { "vrsky-sqlite": "1.0.0", "absent": "1.0.0" } }');
    install(manifest);
    const schema = path.join(root, 'docs/guide/example-connector/sqlite.schema.json');
    cpSync(schema, at('node_modules/vrsky-sqlite/sqlite.schema.json'));
    writeFileSync(
      at('node_modules/vrsky-sqlite/connector.js'),
      "export const connector = { id: 'sqlite', schema: {}, capabilities: {} };\n",
    );
    writeFileSync(at('flows/rows.vrsky.yaml'), flow);
    writeFileSync(at('flows/rows.test.yaml'), tests);
  });
  after(() => rmSync(directory, { recursive: true }));

  test('is found from any folder of the project', () => {
    for (const folder of [at(), at('flows')])
      assert.deepEqual(
        installedConnectors(folder).map(({ id, package: name }) => [id, name]),
        [['sqlite', 'vrsky-sqlite']],
      );
    assert.deepEqual(installedConnectors(at('node_modules/vrsky-sqlite')), []);
  });

  test('is a type that reconcile knows', async (t) => {
    const { url } = await withServer(t);
    const git = (...args: readonly string[]) => {
      const { status, stderr } = spawnSync('git', ['-C', directory, ...args], { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    };
    git('init', '--quiet', '--initial-branch=main');
    git('add', 'flows');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.org', 'commit', '--quiet', '--message=rows');
    const { status, stderr } = vrsky('reconcile', '--git', `file://${directory}`, '--once', '--server', url);
    assert.equal(status, 0, stderr);
  });

  test('is a type that validate and test know, with its own fields', () => {
    const { status, stderr } = vrsky('validate');
    assert.equal(status, 0, stderr);
    const run = vrsky('test');
    assert.equal(run.status, 0, run.stdout + run.stderr);
    writeFileSync(at('flows/rows.vrsky.yaml'), flow.replace('table:', 'tabel:'));
    const wrong = vrsky('validate');
    writeFileSync(at('flows/rows.vrsky.yaml'), flow);
    assert.equal(wrong.status, 3);
    assert.match(wrong.stdout, /`tabel`.*`table`/);
  });

  test('is in the schemas that editors read', () => {
    assert.equal(vrsky('schema', '--out', 'schemas').status, 0);
    assert.ok(existsSync(at('schemas/connectors/sqlite.schema.json')));
    assert.match(readFileSync(at('schemas/flow.schema.json'), 'utf8'), /"sqlite"/);
  });

  test('is loaded by its id', () => {
    const script = `import { loadInstalled } from ${JSON.stringify(path.join(root, 'bin/cli/installed-connectors.ts'))};
      console.log((await loadInstalled('sqlite')).id, await loadInstalled('http'));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: directory,
      encoding: 'utf8',
    });
    assert.equal(stdout, 'sqlite undefined\n', stderr);
  });

  test('is refused with the reason when the package does not keep what it says', () => {
    const refused = (text: string, why: RegExp) => {
      install(text);
      const { status, stderr } = vrsky('validate');
      install(manifest);
      assert.equal(status, 1);
      assert.match(stderr, /VRS8008/);
      assert.match(stderr, why);
    };
    refused(manifest.replace('"module":', '"main":'), /needs `schema` and `module`/);
    refused(manifest.replace('./sqlite.schema', './none.schema'), /none\.schema\.json is no schema/);
    refused(manifest.replace('"sqlite":', '"http":'), /a connector with this id comes with vrsky/);
  });
});
