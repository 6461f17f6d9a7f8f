import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { checkManifests, checkSources } from './check.ts';
import type { ReadFile } from './sample-files.ts';

const ORDER = '{"id":"A","status":"paid","customer":{"name":"K"},"lines":[{"sku":"a","price":2}]}';
const files: Readonly<Record<string, string>> = {
  'order.json': ORDER,
  'big.json': ORDER.replace('}}', '},"rush":true}').replace('"status"', '"rush":true,"status"'),
  'order.xml': '<o:order xmlns:o="urn:o"><id>1</id><line sku="a"/><line sku="b"/></o:order>',
  'orders.csv': 'code;name\nNO;Norway\n',
  'orders.ndjson': '{"id":1}\n{"id":2,"note":"x"}\n',
  'order.schema.json': '{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"id":{}}}',
  'broken.json': '{"id"',
};

const readFile: ReadFile = (file) => {
  const content = files[path.basename(file)];
  if (content === undefined) throw new Error('there is no such file');
  return Buffer.from(content);
};

interface Parts {
  readonly sample?: string;
  readonly consumer?: string;
  readonly steps?: string;
  readonly producers?: string;
  readonly rest?: string;
}

/** `line:column code message` of what is said about a flow with a sample. */
async function said({
  sample = './order.json',
  consumer = '',
  steps = '',
  producers,
  rest = '',
}: Parts): Promise<readonly string[]> {
  const text = `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: orders }
spec:
  consumers:
    - { name: in, type: file, directory: ., sample: ${sample}${consumer} }
  steps:
    - { name: first, type: throttle, rate: 10/s }
${steps}  producers:
${producers ?? '    - { name: out, type: log }\n'}${rest}`;
  const { diagnostics } = await checkSources([{ file: 'a/flow.yaml', text }], { readFile });
  return diagnostics.map(
    ({ code, message, range: { start } }) => `${start.line}:${start.column} ${code} ${message}`,
  );
}

const step = (rest: string) => `    - { name: s, ${rest} }\n`;
const none = (name: string) => `By its sample, the message has no field \`${name}\` here`;

describe('paths by the sample', () => {
  test('conditions, rules, templates and keys are held against what the consumer hands on, at the exact column', async () => {
    const steps =
      step('type: filter, when: customer.town = "x"') +
      '    - { name: r, type: filter, rules: { all: [ { field: lines.colour, eq: red } ] } }\n' +
      '    - { name: h, type: set, key: "{{ id }}-{{ kind }}" }\n';
    assert.deepEqual(await said({ steps }), [
      `9:47 VRS4020 ${none('town')}`,
      `10:63 VRS4020 ${none('colour')}`,
      `11:47 VRS4020 ${none('kind')}`,
    ]);
  });

  test('after a map there is what it made', async () => {
    const map =
      '    - name: m\n      type: map\n      expression: |\n        { "number": id, "total": $sum(lines.price) }\n';
    const producers = '    - { name: out, type: log, message: "{{ number }} {{ status }}" }\n';
    assert.deepEqual(await said({ steps: map, producers }), [`14:57 VRS4020 ${none('status')}`]);
  });

  test('after a split there are the parts, also for its key', async () => {
    const steps =
      step('type: split, expression: lines, key: sku') +
      '    - { name: t, type: filter, when: skuu = "a" and price > 1 }\n';
    assert.deepEqual(await said({ steps }), [`10:38 VRS4020 ${none('skuu')}; did you mean \`sku\`?`]);
  });

  test('a name in a list or an object of another kind has no fields', async () => {
    assert.deepEqual(await said({ steps: step('type: filter, when: id.value = 1') }), [
      '9:41 VRS4020 By its sample, this is a text, which has no field `value`',
    ]);
  });

  test('XML is a text until it is converted, and then what convert makes of it', async () => {
    const early = step('type: filter, when: order.id = "1"');
    assert.match((await said({ sample: './order.xml', steps: early }))[0] ?? '', /this is a text/);
    const steps = `${step('type: convert, from: xml, to: json, namespaces: strip')}    - { name: t, type: filter, when: order.line.size = 1 and order.id = "1" }\n`;
    assert.deepEqual(await said({ sample: './order.xml', steps }), [`10:49 VRS4020 ${none('size')}`]);
  });

  test('records of CSV and NDJSON are messages each where a step or the consumer makes them that', async () => {
    const bySplit = `${step('type: split, format: csv, csv: { delimiter: ";" }')}    - { name: t, type: filter, when: nam = "x" }\n`;
    assert.equal((await said({ sample: './orders.csv', steps: bySplit })).length, 1);
    const byConsumer = { sample: './orders.csv', consumer: ', records: csv, csv: { delimiter: ";" }' };
    assert.equal((await said({ ...byConsumer, steps: step('type: filter, when: nam = "x"') })).length, 1);
    assert.deepEqual(await said({ ...byConsumer, steps: step('type: filter, when: name = "x"') }), []);
    assert.deepEqual(
      await said({ sample: './orders.ndjson', steps: step('type: filter, when: note = "x"') }),
      [],
    );
  });

  test('of several samples a field that one has may be there', async () => {
    const steps = step('type: filter, when: rush = true');
    assert.equal((await said({ steps })).length, 1);
    assert.deepEqual(await said({ sample: '[./order.json, ./big.json]', steps }), []);
  });

  test('a JSON Schema serves as well', async () => {
    const steps = step('type: filter, when: idd = 1');
    assert.deepEqual(await said({ sample: './order.schema.json', steps }), [
      `9:38 VRS4020 ${none('idd')}; did you mean \`id\`?`,
    ]);
  });

  test('keys of the flow itself are about what consumers hand on', async () => {
    const rest = '  ordering: { key: customer.number }\n';
    assert.deepEqual(await said({ rest }), [`11:29 VRS4020 ${none('number')}`]);
  });

  test('where messages without a sample come together with others, nothing is claimed', async () => {
    const rest = '    - { name: other, type: schedule, every: 1m }\n';
    const steps = step('type: filter, when: nothing.known = 1');
    const text = (await said({ steps })).length;
    assert.equal(text, 1);
    const flow = `apiVersion: vrsky.io/v1\nkind: Flow\nmetadata: { name: o }\nspec:\n  consumers:\n    - { name: in, type: file, directory: ., sample: ./order.json }\n${rest}  steps:\n${steps}  producers:\n    - { name: out, type: log }\n`;
    assert.deepEqual((await checkSources([{ file: 'f.yaml', text: flow }], { readFile })).diagnostics, []);
  });

  test('an expression with a hole is known only where the flow runs', async () => {
    assert.deepEqual(await said({ steps: step(`type: filter, when: "\${env:FIELD} = 1"`) }), []);
  });

  test('a misspelt name comes with the rename', async () => {
    const text = `apiVersion: vrsky.io/v1\nkind: Flow\nmetadata: { name: o }\nspec:\n  consumers:\n    - { name: in, type: file, directory: ., sample: ./order.json }\n  steps:\n${step('type: filter, when: stauts = "x"')}  producers:\n    - { name: out, type: log }\n`;
    const { diagnostics } = await checkSources([{ file: 'f.yaml', text }], { readFile });
    assert.deepEqual(
      diagnostics.map(({ fix }) => fix?.text),
      ['status'],
    );
  });
});

describe('samples that cannot be used', () => {
  test('are a warning at their name', async () => {
    assert.match((await said({ sample: './none.json' }))[0] ?? '', /^6:53 VRS3020 .*there is no such file/);
    assert.match((await said({ sample: './broken.json' }))[0] ?? '', /^6:53 VRS3020 /);
  });

  test('are found beside the manifest; directories and devices are not read', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'vrsky-sample-'));
    try {
      mkdirSync(path.join(directory, 'flows/samples'), { recursive: true });
      writeFileSync(path.join(directory, 'flows/samples/a.json'), ORDER);
      for (const [sample, codes] of [
        ['./samples/a.json', []],
        ['./samples', ['VRS3020']],
        ['/dev/zero', ['VRS3020']],
      ] as const) {
        const text = `apiVersion: vrsky.io/v1\nkind: Flow\nmetadata: { name: o }\nspec:\n  consumers:\n    - { name: in, type: file, directory: ., sample: ${sample} }\n  producers:\n    - { name: out, type: log }\n`;
        writeFileSync(path.join(directory, 'flows/a.yaml'), text);
        const { diagnostics } = await checkManifests(['flows'], { workingDirectory: directory });
        assert.deepEqual(
          diagnostics.map(({ code }) => code),
          codes,
          sample,
        );
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('do not reach the program', async () => {
    const text =
      'apiVersion: vrsky.io/v1\nkind: Flow\nmetadata: { name: o }\nspec:\n  consumers:\n    - { name: in, type: file, directory: ., sample: ./order.json }\n  producers:\n    - { name: out, type: log }\n';
    const { value } = await checkSources([{ file: 'f.yaml', text }], { readFile });
    assert.deepEqual(value.flows[0]?.consumers[0]?.config, { directory: '.' });
  });
});
