// route names the targets whose conditions hold.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { route } from './route.ts';
import { dropped, messageOf, routed } from './test-message.ts';

const routes = [
  { when: 'country = "NO"', to: 'norway' },
  { when: 'total > 100', to: ['big', 'audit'] },
  { when: 'country = "NO" and total > 100', to: ['norway', 'vip'] },
];
const both = messageOf({ country: 'NO', total: 200 });

test('the first route whose condition holds is taken', async () => {
  const run = route.compile({ routes });
  assert.deepEqual(await routed(run, both), ['norway']);
  assert.deepEqual(await routed(run, messageOf({ country: 'SE', total: 200 })), ['big', 'audit']);
});

test('all routes are taken on request, each target once', async () => {
  assert.deepEqual(await routed(route.compile({ routes, match: 'all' }), both), [
    'norway',
    'big',
    'audit',
    'vip',
  ]);
});

suite('when no route is taken', () => {
  const none = messageOf({ country: 'SE' });

  test('the message is dropped, unless told otherwise', async () => {
    assert.equal(await dropped(route.compile({ routes }), none), 'no route took it');
    assert.equal(await dropped(route.compile({ routes, otherwise: 'drop' }), none), 'no route took it');
  });

  test('it goes where `otherwise` says', async () => {
    for (const match of ['first', 'all'] as const) {
      assert.deepEqual(await routed(route.compile({ routes, match, otherwise: 'world' }), none), ['world']);
    }
    assert.deepEqual(await routed(route.compile({ routes, otherwise: ['a', 'b'] }), none), ['a', 'b']);
  });

  test('`otherwise` gets nothing that a route took', async () => {
    assert.deepEqual(
      await routed(route.compile({ routes, match: 'all', otherwise: 'world' }), messageOf({ total: 101 })),
      ['big', 'audit'],
    );
  });
});

test('conditions after the one taken are not asked', async () => {
  const failing = [
    { when: 'true', to: 'a' },
    { when: '$number("x") > 1', to: 'b' },
  ];
  assert.deepEqual(await routed(route.compile({ routes: failing }), both), ['a']);
  await assert.rejects(async () => route.compile({ routes: failing, match: 'all' })(both), {
    code: 'VRS4103',
  });
});

test('the message goes on unchanged', async () => {
  const result = await route.compile({ routes })(both);
  assert.equal(result.kind === 'route' && result.message, both);
});
