import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { editorSchemas, writeSchemas } from '../cli/schemas.ts';

const sqlite = JSON.parse(
  readFileSync(
    path.resolve(import.meta.dirname, '../../docs/guide/example-connector/sqlite.schema.json'),
    'utf8',
  ),
);

describe('the schemas that vrsky schema writes', () => {
  test('every reference between them leads to a file that is written', () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'vrsky-schema-'));
    try {
      const files = writeSchemas(directory, editorSchemas());
      assert.ok(files.includes('vrsky.schema.json') && files.includes('steps/map.schema.json'));
      for (const file of files) {
        for (const [, reference] of readFileSync(path.join(directory, file), 'utf8').matchAll(
          /"\$ref": "([^"#]+)/g,
        )) {
          const target = path.join(directory, path.dirname(file), String(reference));
          assert.ok(existsSync(target), `${file} refers to ${reference}`);
        }
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('they are many small files', () => {
    for (const [id, schema] of editorSchemas().schemas) {
      assert.ok(JSON.stringify(schema).length < 64 * 1024, id);
    }
  });

  test('an installed connector is a type like the others, with a snippet', () => {
    const { schemas } = editorSchemas([{ id: 'sqlite', schema: sqlite }]);
    const flow = JSON.stringify(schemas.get('flow.schema.json'));
    assert.match(flow, /"enum":\[[^\]]*"sqlite"/);
    assert.match(flow, /new [^"]*sqlite[^"]*"/i);
    assert.ok(schemas.has('connectors/sqlite.schema.json'));
  });
});
