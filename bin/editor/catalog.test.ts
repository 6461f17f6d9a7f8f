import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { isManifestFile } from '../../engine/manifest/read-sources.ts';
import { ROOT_SCHEMA } from '../../engine/manifest/schema-set.ts';

const root = path.resolve(import.meta.dirname, '../..');

test('the catalogue entry meets the rules of SchemaStore and matches files that are read as manifests', () => {
  const { version, schemas } = JSON.parse(
    readFileSync(path.join(root, 'deploy/schemastore/catalog.json'), 'utf8'),
  );
  assert.deepEqual([version, schemas.length], [1, 1]);
  const [{ name, description, fileMatch, url }] = schemas;
  assert.ok(name.length > 0 && !/schema/i.test(name) && description.length > 0);
  assert.match(url, /^https:\/\/.*\.json$/);
  assert.equal(path.posix.basename(url), ROOT_SCHEMA);
  for (const pattern of fileMatch) {
    // Entries with a suffix that other tools use are refused.
    assert.match(pattern, /^\*\.vrsky\.ya?ml$/);
    assert.ok(isManifestFile(pattern.replace('*', 'orders')));
  }
});
