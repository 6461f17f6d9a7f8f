// Message data fills the URL's holes and nothing else: not the host, not the path around them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestContext, testJsonMessage } from '../../../engine/connector/conformance.ts';
import { PermanentError } from '../../../engine/connector/index.ts';
import { compileTarget } from './target.ts';

const context = createTestContext();

async function target(settings: Parameters<typeof compileTarget>[0], value: unknown = {}): Promise<string> {
  const { url, trustedHost } = await compileTarget(settings, context).render(testJsonMessage(value));
  return `${trustedHost ? '' : 'untrusted '}${url.href}`;
}

const permanent =
  (pattern: RegExp) =>
  (error: unknown): boolean =>
    error instanceof PermanentError && pattern.test(error.message);

test('a URL without holes is itself', async () => {
  assert.equal(await target({ url: 'https://api.example.com/a?b=c' }), 'https://api.example.com/a?b=c');
  assert.equal(await target({ url: 'http://127.0.0.1:7710' }), 'http://127.0.0.1:7710/');
});

test('holes are encoded, so that data adds no path segment, parameter or fragment', async () => {
  const url = 'https://api.example.com/invoices/{{ id }}?country={{ c }}';
  assert.equal(
    await target({ url }, { id: 'a/b', c: 'NO&admin=1#x' }),
    'https://api.example.com/invoices/a%2Fb?country=NO%26admin%3D1%23x',
  );
  assert.equal(
    await target({ url }, { id: 'ærlig?x=1', c: ' ' }),
    'https://api.example.com/invoices/%C3%A6rlig%3Fx%3D1?country=%20',
  );
  assert.equal(
    await target({ url }, { id: '2026-1', c: 'NO' }),
    'https://api.example.com/invoices/2026-1?country=NO',
  );
});

test('what the author encoded already stays as it is', async () => {
  const url = 'https://api.example.com/{{ $encodeUrlComponent(id) }}';
  assert.equal(await target({ url }, { id: 'a/b %' }), 'https://api.example.com/a%2Fb%20%25');
});

test('encoding can be left out, and still no path climbs', async () => {
  const settings = { url: 'https://api.example.com/files/{{ path }}', encodeUrl: false };
  assert.equal(await target(settings, { path: 'a/b?c' }), 'https://api.example.com/files/a/b?c');
  for (const path of ['../admin', 'a/../../admin', '%2e%2e/admin', '..', '.%2E', 'a\\..\\b', './x']) {
    await assert.rejects(target(settings, { path }), permanent(/\. or \.\./), path);
  }
});

test('a hole that is only dots does not climb either', async () => {
  for (const id of ['..', '.', '%2e%2e']) {
    await assert.rejects(
      target({ url: 'https://api.example.com/a/{{ id }}/b' }, { id }),
      permanent(/\. or \.\./),
      id,
    );
  }
});

test('a hole in the host needs a list of hosts', () => {
  for (const url of [
    '{{ url }}',
    'https://{{ host }}/a',
    'https://api.example.com{{ path }}',
    'https://{{ a }}.example.com/',
    'https://a@{{ b }}/',
  ]) {
    assert.throws(() => compileTarget({ url }, context), permanent(/allowHosts/), url);
  }
});

test('listed hosts are trusted, those under a wildcard are not, others are refused', async () => {
  const settings = {
    url: '{{ url }}',
    allowHosts: ['api.example.com', 'localhost:7710', '*.partner.example'],
  };
  assert.equal(await target(settings, { url: 'https://api.example.com/x' }), 'https://api.example.com/x');
  assert.equal(await target(settings, { url: 'http://LOCALHOST:7710/x' }), 'http://localhost:7710/x');
  assert.equal(
    await target(settings, { url: 'https://a.b.partner.example/x' }),
    'untrusted https://a.b.partner.example/x',
  );
  for (const url of [
    'https://evil.example/',
    'https://api.example.com.evil.example/',
    'https://evil.example/api.example.com',
    'https://evil.example#api.example.com',
    'http://localhost:7711/',
    'https://partner.example/',
    'https://evilpartner.example/',
  ]) {
    await assert.rejects(target(settings, { url }), permanent(/not among allowHosts/), url);
  }
});

test('what a hole renders cannot turn the rest into another host', async () => {
  const settings = { url: 'https://{{ host }}/x', allowHosts: ['api.example.com'] };
  for (const host of [
    'api.example.com@evil.example',
    'evil.example/?api.example.com',
    'evil.example\\',
    'api.example.com:443@evil.example',
  ]) {
    await assert.rejects(target(settings, { host }), PermanentError, host);
  }
});

test('schemes other than HTTP and credentials in the URL are refused', async () => {
  for (const url of ['file:///etc/passwd', 'ftp://a/', 'api.example.com/x', '', 'https://'])
    assert.throws(() => compileTarget({ url }, context), PermanentError, url);
  assert.throws(
    () => compileTarget({ url: 'https://user:secret@a/' }, context),
    (error: Error) => /auth/.test(error.message) && !error.message.includes('secret@'),
  );
  await assert.rejects(
    target({ url: '{{ url }}', allowHosts: ['a'] }, { url: 'file://a/etc' }),
    PermanentError,
  );
});

test('an empty hole or one that fails rejects the message', async () => {
  await assert.rejects(target({ url: 'https://a.example/{{ missing }}' }), permanent(/url: /));
  await assert.rejects(target({ url: 'https://a.example/{{ $error("no") }}' }), permanent(/url: /));
});
