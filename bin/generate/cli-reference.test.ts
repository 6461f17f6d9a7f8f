import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { renderCliReference } from './cli-reference.ts';

test('the reference of the command line is up to date; npm run generate brings it there', () => {
  const file = path.resolve(import.meta.dirname, '../../docs/reference/cli.md');
  assert.equal(readFileSync(file, 'utf8'), renderCliReference());
});
