import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { generatedFiles } from './generated-files.ts';

const root = path.resolve(import.meta.dirname, '../..');

test('generating again changes nothing; npm run generate brings every file up to date', async () => {
  const stale = [...(await generatedFiles())]
    .filter(([file, content]) => readFileSync(path.join(root, file), 'utf8') !== content)
    .map(([file]) => file);
  assert.deepEqual(stale, []);
});
