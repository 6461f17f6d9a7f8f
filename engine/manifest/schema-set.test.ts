// The conventions that every schema keeps: editors, documentation and diagnostics are made from them.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { isSchema } from './schema-keywords.ts';
import { builtinSchemas, type JsonSchema, schemasDirectory } from './schema-set.ts';
import { annotation, SchemaReader } from './schema-view.ts';

const { schemas } = builtinSchemas();
const reader = new SchemaReader(builtinSchemas());

/** Every subschema below one, with its JSON pointer. */
function* subschemas(
  schema: JsonSchema,
  pointer = '',
): Generator<readonly [pointer: string, schema: JsonSchema]> {
  yield [pointer, schema];
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties' || keyword === 'definitions') {
      for (const [name, part] of Object.entries(value as object))
        yield* subschemas(part, `${pointer}/${keyword}/${name}`);
    } else if (['allOf', 'anyOf'].includes(keyword)) {
      for (const [index, part] of (value as JsonSchema[]).entries())
        yield* subschemas(part, `${pointer}/${keyword}/${index}`);
    } else if (['items', 'additionalProperties', 'then', 'else'].includes(keyword) && isSchema(value)) {
      yield* subschemas(value, `${pointer}/${keyword}`);
    }
  }
}

for (const [id, schema] of schemas) {
  suite(id, () => {
    const parts = [...subschemas(schema)];

    test('lies where its $id says', () => {
      const file = path.join(schemasDirectory(), id);
      assert.equal(JSON.parse(readFileSync(file, 'utf8')).$id, id);
      assert.equal(schema.$schema, 'http://json-schema.org/draft-07/schema#');
    });

    test('uses no oneOf, which turns one typo into fifteen errors', () => {
      assert.deepEqual(
        parts.filter(([, part]) => 'oneOf' in part).map(([pointer]) => pointer),
        [],
      );
    });

    test('every reference leads somewhere', () => {
      const lost = parts.filter(
        ([, { $ref }]) => typeof $ref === 'string' && reader.resolve($ref, id) === undefined,
      );
      assert.deepEqual(
        lost.map(([pointer]) => pointer),
        [],
      );
    });

    test('every object is closed or decides by type', () => {
      const open = parts.filter(([, part]) => {
        const decides = Array.isArray(part.allOf) && part.allOf.some((one) => isSchema(one.if));
        return part.properties !== undefined && part.additionalProperties !== false && !decides;
      });
      // The manifest as a whole decides by kind.
      assert.deepEqual(
        open.map(([pointer]) => pointer),
        [],
      );
    });

    test('every field has a description, and a default, an example or a list of values', () => {
      const bare = parts.flatMap(([pointer, { properties }]) =>
        Object.entries((properties ?? {}) as Record<string, JsonSchema>)
          .filter(([name, field]) => {
            if (name === 'type' || id === 'vrsky.schema.json') return false;
            const view = reader.expand({ schema: field, file: id }, undefined);
            const shows = ['default', 'examples', 'enum', 'const'].some(
              (keyword) => annotation(view, keyword) !== undefined,
            );
            return annotation(view, 'description') === undefined || !shows;
          })
          .map(([name]) => `${pointer}/${name}`),
      );
      assert.deepEqual(bare, []);
    });
  });
}

test('every file in schemas/ is a schema', () => {
  const files = (readdirSync(schemasDirectory(), { recursive: true }) as string[]).filter(
    (file) => path.extname(file) !== '',
  );
  assert.deepEqual(files.toSorted(), [...schemas.keys()].toSorted());
});
