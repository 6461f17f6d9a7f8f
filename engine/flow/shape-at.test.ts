import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManifestDocument } from '../manifest/document.ts';
import { parseManifests } from '../manifest/parse-manifests.ts';
import { builtinSchemas } from '../manifest/schema-set.ts';
import { SchemaReader } from '../manifest/schema-view.ts';
import { fieldsAt, shapeAt } from './shape-at.ts';

const reader = new SchemaReader(builtinSchemas());
const readFile = () => Buffer.from('{"id":1,"lines":[{"sku":"a"},{"sku":"b","note":"x"}]}');

/** The names of the fields offered at a path of a flow. */
function offered(text: string, path: readonly (string | number)[], ...names: readonly string[]) {
  const [document] = parseManifests({ file: 'f.yaml', text }).documents;
  const shape = shapeAt(document as ManifestDocument, path, reader, readFile);
  return shape && fieldsAt(shape, names).map(({ name, optional }) => `${name}${optional ? '?' : ''}`);
}

const flow = `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: orders }
spec:
  consumers:
    - { name: in, type: file, directory: ., sample: ./order.json }
  steps:
    - { name: s, type: split, expression: lines }
    - { name: f, type: filter, when: x }
    - { name: broken, type: map, expression: "{ \\"a\\": " }
  producers:
    - { name: out, type: nowhere, to: nothing }
`;

test('a step is offered the fields of what comes to it', () => {
  assert.deepEqual(offered(flow, ['spec', 'steps', 0, 'expression']), ['id', 'lines']);
  assert.deepEqual(offered(flow, ['spec', 'steps', 0, 'expression'], 'lines'), ['sku', 'note?']);
  assert.deepEqual(offered(flow, ['spec', 'steps', 1, 'when']), ['sku', 'note?']);
});

test('a flow with mistakes is followed as far as it goes', () => {
  assert.deepEqual(offered(flow, ['spec', 'steps', 2, 'expression']), ['sku', 'note?']);
  assert.equal(offered(flow, ['spec', 'producers', 0, 'url']), undefined);
  assert.deepEqual(offered(flow, ['spec', 'steps', 0, 'expression'], 'nothing', 'here'), []);
});

test('outside of steps and producers, and without a sample, nothing is known', () => {
  assert.equal(offered(flow, ['metadata', 'name']), undefined);
  assert.equal(offered(flow.replace(', sample: ./order.json', ''), ['spec', 'steps', 0, 'when']), undefined);
  assert.equal(offered('kind: Other\nspec: 5\n', ['spec']), undefined);
});
