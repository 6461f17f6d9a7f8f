// Three sides of one object: what counts as a change, what as drift, and what as neither.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf, compareSpecs } from './compare-specs.ts';

const live = (spec: object) => ({ spec, deviations: [] });

test('a changed wish is a change and no drift', () => {
  const found = compareSpecs({ size: 2 }, { asked: { size: 1 } }, live({ size: 1 }));
  assert.deepEqual(found, { fields: [{ path: 'size', before: 1, after: 2 }], drift: [] });
});

test('a server that was changed by other hands is drift, and repaired', () => {
  const found = compareSpecs({ size: 1 }, { asked: { size: 1 } }, live({ size: 9 }));
  assert.deepEqual(found, {
    fields: [{ path: 'size', before: 9, after: 1 }],
    drift: [{ path: 'size', before: 1, after: 9 }],
  });
});

test('what the server made of a value is neither, for as long as both sides stay', () => {
  const applied = { asked: { size: 0 }, answer: { size: -1 } };
  assert.deepEqual(compareSpecs({ size: 0 }, applied, live({ size: -1 })), { fields: [], drift: [] });
  assert.deepEqual(compareSpecs({ size: 5 }, applied, live({ size: -1 })).fields, [
    { path: 'size', before: -1, after: 5 },
  ]);
  assert.equal(compareSpecs({ size: 0 }, applied, live({ size: 7 })).drift.length, 1);
});

test('other hands that did what is now wanted leave nothing to do', () => {
  assert.deepEqual(compareSpecs({ size: 2 }, { asked: { size: 1 } }, live({ size: 2 })), {
    fields: [],
    drift: [],
  });
});

test('fields that nobody asked for do not count, one that was taken back does', () => {
  assert.deepEqual(compareSpecs({ a: 1 }, undefined, live({ a: 1, theirs: 2 })).fields, []);
  assert.deepEqual(compareSpecs({ a: 1 }, { asked: { a: 1, b: 2 } }, live({ a: 1, b: 2 })).fields, [
    { path: 'b', before: 2 },
  ]);
});

test('metadata is compared name by name', () => {
  const asked = { metadata: { ours: 'x' } };
  assert.deepEqual(compareSpecs(asked, { asked }, live({ metadata: { ours: 'x', theirs: 'y' } })).fields, []);
  assert.deepEqual(compareSpecs(asked, { asked }, live({ metadata: {} })).fields, [
    { path: 'metadata.ours', after: 'x' },
  ]);
});

test('a setting that all objects have and that stands otherwise is drift, unless the server answered so', () => {
  const deviations = [{ path: 'discard', ours: 'new', live: 'old', isFixed: false }];
  const found = { spec: { a: 1 }, deviations };
  assert.deepEqual(compareSpecs({ a: 1 }, { asked: { a: 1 } }, found), {
    fields: [{ path: 'discard', before: 'old', after: 'new' }],
    drift: [{ path: 'discard', before: 'new', after: 'old' }],
  });
  const answer = answerOf({ a: 1 }, found);
  assert.deepEqual(answer, { discard: 'old' });
  assert.deepEqual(compareSpecs({ a: 1 }, { asked: { a: 1 }, answer: { discard: 'old' } }, found), {
    fields: [],
    drift: [],
  });
});
