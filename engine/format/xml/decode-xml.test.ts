// XML comes in several encodings; the bytes say which.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseXml } from './parse-xml.ts';

const body = '<a>Blåbær</a>';
const value = { a: 'Blåbær' };

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes).swap16();
}

test('UTF-8, UTF-16 and declared encodings are read', () => {
  const utf16 = Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16"?>${body}`, 'utf16le');
  const cases: Readonly<Record<string, Buffer>> = {
    'UTF-8': Buffer.from(body),
    'UTF-8 with a mark': Buffer.from(`\ufeff${body}`),
    'UTF-8 with a mark that declares another': Buffer.from(
      `\ufeff<?xml version="1.0" encoding="ISO-8859-1"?>${body}`,
    ),
    'UTF-16 little-endian': utf16,
    'UTF-16 big-endian': swapped(utf16),
    'UTF-16 without a mark': utf16.subarray(2),
    'ISO-8859-1': Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?>${body}`, 'latin1'),
    'windows-1252': Buffer.from(`<?xml version='1.0' encoding='windows-1252'?>${body}`, 'latin1'),
    'UTF-8 that says it is UTF-16': Buffer.from(`<?xml version="1.0" encoding="UTF-16"?>${body}`),
  };
  for (const [name, bytes] of Object.entries(cases)) assert.deepEqual(parseXml(bytes), value, name);
});

test('bytes that are not of their encoding are refused', () => {
  const latin = Buffer.from(body, 'latin1');
  assert.throws(() => parseXml(latin), { code: 'VRS8202' });
  assert.throws(() => parseXml(Buffer.from(`<?xml version="1.0" encoding="klingon"?>${body}`)), {
    code: 'VRS8202',
    message: /"klingon"/,
  });
  assert.throws(() => parseXml(Buffer.from('\ufeff<a>', 'utf16le').subarray(0, 7)), { code: 'VRS8202' });
});
