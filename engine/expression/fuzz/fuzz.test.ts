// A short run of the differential tester, and proof that it finds what is wrong.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { campaign } from './campaign.ts';
import { compare } from './compare.ts';
import { list, piece, render, smaller } from './piece.ts';

/** The same every time: what a new seed finds belongs to `npm run fuzz:expression`, not into somebody else's change. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_240_229);

test(`random expressions answer as the package does (FUZZ_SEED=${SEED})`, async () => {
  const { cases, skipped, differences } = await campaign({ seed: SEED, cases: 3000 });
  assert.deepEqual(differences, []);
  assert.ok(skipped < cases / 10, `${skipped} of ${cases} cases could not be compared`);
});

test('an answer that differs is reported with both answers', async () => {
  // The clock stands still for the package, the seeds of random numbers do not.
  const { difference } = await compare('$random()', null);
  assert.ok(difference !== undefined);
  assert.notEqual(difference.expected, difference.actual);
});

test('a failing expression is made smaller by its parts', () => {
  const whole = piece('$sum(', list([piece('1'), piece('a.', piece('b'))]), ')');
  const texts = [...smaller(whole)].map(render);
  assert.ok(texts.includes('$sum(1)') && texts.includes('$sum(a.b)'));
});
