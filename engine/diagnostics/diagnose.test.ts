import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diagnose, hasErrors, sortDiagnostics } from './diagnose.ts';
import { TextPositions } from './text-positions.ts';

const positions = new TextPositions('abcdefghij');
const at = (start: number, end = start + 1) => positions.range(start, end);

test('the severity is that of the registry unless given', () => {
  assert.equal(diagnose('VRS2001', 'a', at(0), 'x').severity, 'error');
  assert.equal(diagnose('VRS3010', 'a', at(0), 'x').severity, 'warning');
  assert.equal(diagnose('VRS2001', 'a', at(0), 'x', { severity: 'info' }).severity, 'info');
});

test('what is undefined is left out', () => {
  assert.deepEqual(Object.keys(diagnose('VRS2001', 'a', at(0), 'x', { help: undefined, fix: undefined })), [
    'code',
    'severity',
    'message',
    'file',
    'range',
  ]);
});

test('a message that quotes a megabyte is shortened in the middle', () => {
  const { message, help = '' } = diagnose(
    'VRS2001',
    'a',
    at(0),
    `Unknown field ${'x'.repeat(1e6)} in this step`,
    { help: 'y'.repeat(1e6) },
  );
  assert.match(message, /^Unknown field x+…x+ in this step$/);
  assert.deepEqual([message.length, help.length], [400, 2000]);
});

test('diagnostics are sorted by file, place and code', () => {
  const sorted = sortDiagnostics([
    diagnose('VRS2002', 'b', at(0), 'x'),
    diagnose('VRS2002', 'a', at(5), 'x'),
    diagnose('VRS2003', 'a', at(1), 'x'),
    diagnose('VRS2001', 'a', at(1), 'x'),
  ]);
  assert.deepEqual(
    sorted.map(({ file, code, range }) => `${file}${range.start.offset} ${code}`),
    ['a1 VRS2001', 'a1 VRS2003', 'a5 VRS2002', 'b0 VRS2002'],
  );
});

test('the same mistake found twice is shown once, another at the same place too', () => {
  const one = diagnose('VRS2001', 'a', at(1), 'x');
  const other = diagnose('VRS2001', 'a', at(1), 'y');
  assert.deepEqual(sortDiagnostics([one, other, { ...one }]), [one, other]);
});

test('warnings are no errors', () => {
  assert.equal(hasErrors([diagnose('VRS3010', 'a', at(0), 'x')]), false);
  assert.equal(hasErrors([diagnose('VRS3010', 'a', at(0), 'x'), diagnose('VRS2001', 'a', at(0), 'x')]), true);
});
