import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readsBindings, readsInput, templateReadsInput } from './reads-input.ts';

test('bindings, their fields, literals and operators do without the input', () => {
  for (const expression of [
    '$id',
    " $headers.'file-name' ",
    '$headers.`x-kind` = "a" and $attempt < 3',
    '$key & ".gz"',
    '$headers.kind != "b"',
  ])
    assert.equal(readsInput(expression), false, expression);
});

test('everything else counts as reading it', () => {
  for (const expression of [
    'id',
    '$',
    '$$',
    '$.id',
    '$headers[name = "x"]',
    '$uppercase()',
    '$headers.x & id',
    '*',
    '**.id',
    '$headers.(id)',
    '"a" & $',
    "$id.'a",
    'and',
    '',
  ])
    assert.equal(readsInput(expression), true, expression);
});

test('a template reads the input when one of its holes does', () => {
  assert.equal(templateReadsInput("out/{{ $headers.'file-name' }}-{{$id}}.bin"), false);
  assert.equal(templateReadsInput('out/{{ $id }}/{{ id }}'), true);
  assert.equal(templateReadsInput('out/{{ {"a": {"b": 1}} }}'), true);
  assert.equal(templateReadsInput('constant'), false);
  assert.equal(templateReadsInput('{{ $id'), true);
});

test('whether an expression reads its input is told quickly, whatever it looks like', () => {
  const started = performance.now();
  readsInput(`$a${'.a'.repeat(50_000)} !`);
  readsInput(`${'$a = '.repeat(50_000)}!`);
  readsInput(' '.repeat(100_000));
  assert.ok(performance.now() - started < 30_000);
});

test('whoever names what a message binds, or may, reads bindings', () => {
  for (const source of [
    '$headers.kind',
    'a & {{ $id }}',
    '$eval("$k" & "ey")',
    '[$accepted]',
    '{"field":"$attempt"}',
  ])
    assert.equal(readsBindings(source), true, source);
  for (const source of ['id', '$sum(a.b)', '$', '$$.id', '($x := 1; $x)', '$keys(a)', '$identity'])
    assert.equal(readsBindings(source), false, source);
});
