// Holds that dates are read in time, whatever their picture.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileExpression } from '../../index.ts';
import { isQuicklyRead } from './date-picture.ts';

const TEXT = 'a text that is long enough';

test('ordinary pictures need no guard', () => {
  for (const picture of [
    '[Y]',
    '[Y0001]-[M01]-[D01]',
    '[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001]Z',
    '[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01][Z]',
    '[D01] [MNn] [Y0001]',
    '[FNn], [D1]. [MNn] [Y], [h]:[m01] [P]',
    'on [D].[M].[Y]',
  ])
    assert.ok(isQuicklyRead([TEXT, picture]), picture);
});

test('pictures whose parts could divide a text among themselves in many ways need one', () => {
  for (const picture of [
    '[YI][MI][DI]',
    '[Y][M][D]',
    '[MNn][FNn]',
    '[Yw]',
    '[Ya]x[Ma]',
    '[Y,*-4]-[M]',
    '[MNn]T[FNn]',
    '[Y]1[M]',
  ])
    assert.ok(!isQuicklyRead([TEXT, picture]), picture);
});

test('a picture of parts that anything fits is given up in time', () => {
  const source = '$toMillis($pad("", 250, "M") & "!", "[YI][MI][DI][HI][mI][sI]")';
  const before = process.threadCpuUsage();
  assert.throws(() => compileExpression(source).value?.evaluate(1, {}, { timeoutMs: 50 }), { code: 'D1012' });
  const { user, system } = process.threadCpuUsage(before);
  assert.ok(user + system < 2_000_000, 'it took minutes');
});
