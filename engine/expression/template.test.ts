import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate } from './index.ts';
import type { EvaluationLimits, TemplateOptions } from './types.ts';

async function render(
  source: string,
  input: unknown,
  options: TemplateOptions = {},
  limits: Partial<EvaluationLimits> = {},
): Promise<string> {
  const { value, problems } = compileTemplate(source, options);
  assert.ok(value !== undefined, problems[0]?.message);
  return value.render(input, {}, limits);
}

test('each hole is what its expression comes to, as text', async () => {
  assert.equal(
    await render('{{ a }}-{{ b.c + 1 }}/{{ list }}', { a: 'x', b: { c: 1 }, list: [1, 2] }),
    'x-2/[1,2]',
  );
  assert.equal(
    await render('{{ a }}?q={{ b }}', { a: 'x', b: 'ö/' }, { encode: encodeURIComponent }),
    'x?q=%C3%B6%2F',
  );
});

test('a hole that only the package evaluates is waited for, and so is what stands behind it', async () => {
  const source = '<{{ {"k": $x := a, "l": $x} }}|{{ a }}>';
  assert.ok(compileTemplate(source).value?.render({ a: 1 }) instanceof Promise);
  assert.equal(await render(source, { a: 1 }), '<{"k":1}|1>');
});

test('a hole that comes to nothing is an error, and so is one that breaks a limit', async () => {
  await assert.rejects(render('out/{{ country }}', {}), { code: 'VRS4101' });
  await assert.rejects(render('out/{{ country }}', { country: '' }), { code: 'VRS4101' });
  const source = '{{ $count([1..100]) }}';
  assert.equal(await render(source, {}), '100');
  await assert.rejects(render(source, {}, {}, { sequence: 10 }), { code: 'D2015' });
});
