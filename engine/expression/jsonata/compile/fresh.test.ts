// Holds that parts of expressions run where no code may be made from texts, and that large expressions share them.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { compileExpression } from '../../index.ts';

test('expressions are compiled with code generation from strings switched off', () => {
  const index = path.resolve(import.meta.dirname, '../../index.ts');
  const script = `
    import { compileExpression } from ${JSON.stringify(index)};
    const { value } = compileExpression('{"sum": $sum(items.(a * b)), "all": items.{"c": a & "x"}, "r": $contains(t, /b/)}');
    console.log(JSON.stringify(value.evaluate({ items: [{ a: 2, b: 3 }], t: 'abc' })));
    try { new Function('return 1'); console.log('not switched off'); } catch {}`;
  const { stdout } = spawnSync(
    process.execPath,
    ['--disallow-code-generation-from-strings', '--input-type=module-typescript', '--eval', script],
    { encoding: 'utf8' },
  );
  assert.equal(stdout, '{"sum":6,"all":{"c":"2x"},"r":true}\n');
});

test('an expression with thousands of parts answers as a small one does', () => {
  const pairs = Array.from({ length: 2000 }, (_, index) => `"k${index}": a.b + ${index}`);
  const { value } = compileExpression(`{${pairs.join(', ')}}`);
  const answer = value?.evaluate({ a: { b: 1 } }) as Record<string, number>;
  assert.equal(Object.keys(answer).length, 2000);
  assert.deepEqual([answer.k0, answer.k255, answer.k1999], [1, 256, 2000]);
});
