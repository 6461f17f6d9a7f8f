// Message data cannot choose where on the disk it lands.
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { containedPath } from './contained-path.ts';
import { Refusal } from './failure.ts';

const root = path.resolve('/data/out');

test('paths below the root are taken as they are', () => {
  for (const [rendered, expected] of [
    ['a.json', 'a.json'],
    ['NO/2026/a.json', 'NO/2026/a.json'],
    ['./NO/./a', 'NO/a'],
    ['...', '...'],
    ['..a/b..', '..a/b..'],
    ['æøå 😀.txt', 'æøå 😀.txt'],
    ['console.log', 'console.log'],
  ] as const) {
    assert.equal(containedPath(root, rendered).file, path.join(root, expected));
  }
});

test('every way out is refused for good, with the reason', () => {
  const ways: readonly (readonly [string, RegExp])[] = [
    ['../a', /leaves its directory/],
    ['a/../../b', /leaves its directory/],
    ['a/..', /leaves its directory/],
    ['/etc/passwd', /is absolute/],
    ['C:\\Windows', /is absolute/],
    ['C:/Windows', /is absolute/],
    ['\\\\server\\share', /is absolute/],
    ['a\0b', /control characters/],
    ['a\nb', /control characters/],
    ['a//b', /empty name/],
    ['a/', /empty name/],
    ['', /empty name/],
    ['.', /names no file/],
    ['CON', /Windows reserves/],
    ['a/nul.txt', /Windows reserves/],
    ['lpt1', /Windows reserves/],
    ['x'.repeat(256), /longer than 255 bytes/],
    ['æ'.repeat(128), /longer than 255 bytes/],
    [`${'x/'.repeat(3000)}y`, /longer than 4095 bytes/],
    ['\ud800', /half a character/],
  ];
  for (const [rendered, why] of ways) {
    assert.throws(
      () => containedPath(root, rendered),
      (error: Error) => {
        assert.ok(error instanceof Refusal);
        assert.match(error.message, why, rendered.slice(0, 50));
        return true;
      },
    );
  }
});

test('a symbolic link on the way is refused, also as the last name', async (t) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-links-'));
  t.after(() => rm(folder, { recursive: true }));
  mkdirSync(path.join(folder, 'a'));
  symlinkSync('/tmp', path.join(folder, 'a/link'));
  symlinkSync('nowhere', path.join(folder, 'dangling'));
  for (const rendered of ['a/link/b.txt', 'a/link', 'dangling'])
    assert.throws(() => containedPath(folder, rendered), /leads through the symbolic link/);
  assert.equal(containedPath(folder, 'a/b/c.txt').file, path.join(folder, 'a/b/c.txt'));
});
