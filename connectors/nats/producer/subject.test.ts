// Message data fills subjects, and never makes anything else of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestContext, testJsonMessage } from '../../../engine/connector/conformance.ts';
import { PermanentError } from '../../../engine/connector/index.ts';
import { compileSubject } from './subject.ts';

const context = createTestContext();
const render = async (source: string, value: unknown) =>
  compileSubject(source, context)(testJsonMessage({ value }));

test('a hole may fill one token or several', async () => {
  assert.equal(await render('invoices.{{ value }}', 'NO'), 'invoices.NO');
  assert.equal(await render('copy.{{ value }}', 'a.b.c'), 'copy.a.b.c');
  assert.equal(await render('a.{{ value }}.c', 7), 'a.7.c');
  assert.equal(await render('{{ value }}', 'æøå'), 'æøå');
});

test('wildcards, spaces, empty tokens and line breaks are refused for good', async () => {
  const wrong = [
    '*',
    'a.>',
    'a b',
    'a\tb',
    'a\r\nPUB x 0',
    '.a',
    'a.',
    'a..b',
    'x\0y',
    'x'.repeat(1100),
    '\ud800',
  ];
  for (const value of wrong) {
    await assert.rejects(render('invoices.{{ value }}', value), (error: Error) => {
      assert.ok(error instanceof PermanentError);
      assert.match(error.message, /is not a subject to publish to/);
      return true;
    });
  }
});

test("the server's own subjects are the author's to name, not the message's", async () => {
  for (const value of ['$JS.API.STREAM.DELETE.ORDERS', '$SYS.REQ', '_INBOX.abc'])
    await assert.rejects(render('{{ value }}', value), PermanentError);
  assert.equal(await render('$KV.prices.{{ value }}', 'NO'), '$KV.prices.NO');
});
