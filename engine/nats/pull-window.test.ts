// A puller that settles much may have much in hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PullWindow } from './pull-window.ts';

/** A window whose clock stands still unless it is set. */
function openWindow() {
  const clock = { nowMs: 1_000 };
  const bounds = { least: 256 };
  const window = new PullWindow({ least: () => bounds.least, most: 2048 }, () => clock.nowMs);
  return {
    window,
    bounds,
    /** Settles `count` messages evenly over so many milliseconds. */
    settle: (count: number, overMs: number) => {
      for (let settled = 0; settled < count; settled++) {
        clock.nowMs += overMs / count;
        window.count();
      }
    },
    rest: (ms: number) => {
      clock.nowMs += ms;
    },
  };
}

test('it holds what is settled in a tenth of a second, and no more than the most', () => {
  const { window, settle } = openWindow();
  assert.equal(window.size, 256);
  settle(10_000, 1_000);
  assert.ok(Math.abs(window.size - 1_000) <= 10, String(window.size));
  settle(100_000, 1_000);
  assert.equal(window.size, 2048);
});

test('what settles slowly holds the least', () => {
  const { window, settle } = openWindow();
  settle(100_000, 1_000);
  settle(500, 1_000);
  assert.equal(window.size, 256);
});

test('after a rest it begins with the least', () => {
  const { window, settle, rest } = openWindow();
  settle(100_000, 1_000);
  rest(60_000);
  settle(64, 2);
  assert.equal(window.size, 256);
});

test('the least may change at any time', () => {
  const { window, bounds, settle } = openWindow();
  bounds.least = 16;
  assert.equal(window.size, 16);
  settle(1_000, 1_000);
  assert.ok(Math.abs(window.size - 100) <= 2, String(window.size));
  bounds.least = 256;
  assert.equal(window.size, 256);
});

test('more is asked for when a half is left, of a small window a quarter', () => {
  const { window, bounds } = openWindow();
  assert.equal(window.left, 128);
  bounds.least = 16;
  assert.equal(window.left, 4);
});
