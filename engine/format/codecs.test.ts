// Which format a content type stands for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codecs, formatOf, formats } from './codecs.ts';

test('content types tell their format', () => {
  const cases = {
    'application/json; charset=utf-8': 'json',
    'application/problem+json': 'json',
    'Application/X-NDJSON': 'ndjson',
    'application/jsonl': 'ndjson',
    'text/xml': 'xml',
    'application/soap+xml; action="x"': 'xml',
    'text/csv;header=present': 'csv',
    'application/x-www-form-urlencoded': 'form',
    'text/plain': 'text',
    'text/html': 'text',
    'application/pdf': undefined,
    '': undefined,
  };
  for (const [type, format] of Object.entries(cases)) assert.equal(formatOf(type), format, type);
});

test('the content type that a format writes is one that it reads', () => {
  for (const format of formats) {
    if (format !== 'binary') assert.equal(formatOf(codecs[format].contentType), format);
  }
});
