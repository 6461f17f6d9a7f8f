import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { compileValidator } from './compile-validator.ts';
import { builtinSchemas } from './schema-set.ts';
import { digestOf, validatorOf } from './validator.ts';
import * as generated from './validators.gen.ts';

const flow = {
  apiVersion: 'vrsky.io/v1',
  kind: 'Flow',
  metadata: { name: 'a' },
  spec: {
    consumers: [{ name: 'in', type: 'http', path: '/x', auth: { type: 'bearer' } }],
    steps: [
      { name: 'f', type: 'filter', rules: { all: [{ field: 'a', gtt: 1 }] } },
      { name: 'q', type: 'nothing' },
    ],
    producers: [{ name: 'out', type: 'log', levle: 'info' }],
  },
};

test('what was generated is for the schemas that lie here', () => {
  assert.equal(generated.digest, digestOf(builtinSchemas()));
});

test('the generated validator and one compiled now find the same', async () => {
  const compiled = compileValidator(builtinSchemas());
  assert.equal(compiled(flow), false);
  const validate = await validatorOf(builtinSchemas());
  assert.deepEqual(validate(flow), compiled.errors);
  assert.ok(validate(flow).length > 4);
});

test('manifests are checked where code generation from strings is off', () => {
  const script = `
    const { checkSources } = await import('./engine/flow/check.ts');
    const { diagnostics } = await checkSources([{ file: 'a', text: 'kind: Flow' }]);
    process.stdout.write(diagnostics.map(({ code }) => code).join());`;
  const root = path.resolve(import.meta.dirname, '..', '..');
  const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script];
  assert.equal(
    execFileSync(process.execPath, flags, { cwd: root, encoding: 'utf8' }),
    'VRS2002,VRS2002,VRS2002',
  );
});
