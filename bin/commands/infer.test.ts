import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { Ajv } from 'ajv';

const cli = path.resolve(import.meta.dirname, '..', 'vrsky.ts');

describe('vrsky infer', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'vrsky-infer-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const infer = (args: readonly string[], input = '') =>
    spawnSync(process.execPath, [cli, 'infer', ...args], {
      cwd: directory,
      input,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
  const write = (name: string, content: string) => writeFileSync(path.join(directory, name), content);

  test('the schema fits every sample that it was made from, and not what lacks a field that all have', () => {
    const samples = [
      { id: 1, lines: [{ sku: 'a', price: 2 }], note: null },
      { id: 'b', lines: [], extra: { deep: [true] } },
    ];
    for (const [index, sample] of samples.entries()) write(`${index}.json`, JSON.stringify(sample));
    const { status, stdout } = infer(['0.json', '1.json']);
    assert.equal(status, 0);
    const fits = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(stdout));
    for (const sample of samples) assert.ok(fits(sample), JSON.stringify(fits.errors));
    assert.ok(!fits({ lines: [] }));
    assert.ok(!fits({ id: true, lines: [] }));
  });

  test('records of NDJSON and CSV are samples each, XML is read as convert reads it', () => {
    write('a.ndjson', '{"id":1}\n{"id":2,"x":"y"}\n');
    write('b.csv', 'code,name\nNO,Norway\n');
    write('c.xml', '<order><id>1</id></order>');
    const fieldsOf = (file: string) => Object.keys(JSON.parse(infer([file]).stdout).properties);
    assert.deepEqual(['a.ndjson', 'b.csv', 'c.xml'].map(fieldsOf), [
      ['id', 'x'],
      ['code', 'name'],
      ['order'],
    ]);
  });

  test('standard input is JSON, --out names a file', () => {
    assert.equal(JSON.parse(infer(['-'], '[1]').stdout).type, 'array');
    const { stdout } = infer(['-', '--out', 's.json'], '{"a":1}');
    assert.equal(stdout, '');
    assert.deepEqual(JSON.parse(readFileSync(path.join(directory, 's.json'), 'utf8')).required, ['a']);
  });

  test('a sample that cannot be read is named with why', () => {
    write('broken.json', '{"a": ');
    for (const [file, why] of [
      ['broken.json', /broken\.json: /],
      ['none.json', /none\.json/],
      ['a.pdf', /samples are/],
    ] as const) {
      const { status, stderr } = infer([file]);
      assert.equal(status, 1);
      assert.match(stderr, why);
    }
  });
});
