import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { generatedFiles, isUpToDate } from './generated-files.ts';

const root = path.resolve(import.meta.dirname, '..', '..');

test('every generated file is up to date; npm run generate brings it there', async () => {
  const stale = [...(await generatedFiles())].filter(([name, wanted]) => {
    const file = path.join(root, name);
    return !isUpToDate(name, existsSync(file) ? readFileSync(file, 'utf8') : undefined, wanted);
  });
  assert.deepEqual(
    stale.map(([name]) => name),
    [],
  );
});
