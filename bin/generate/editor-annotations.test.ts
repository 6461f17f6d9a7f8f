import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isSchema } from '../../engine/manifest/schema-keywords.ts';
import { builtinSchemas, type JsonSchema } from '../../engine/manifest/schema-set.ts';
import { annotation, fieldsOf, SchemaReader } from '../../engine/manifest/schema-view.ts';
import { withEditorAnnotations } from './editor-annotations.ts';

/** A set with one schema, and that schema annotated. */
function annotated(schema: JsonSchema): JsonSchema {
  const $id = 'one.schema.json';
  const { schemas } = withEditorAnnotations({
    schemas: new Map([[$id, { $id, ...schema }]]),
    builtin: false,
  });
  return schemas.get($id) as JsonSchema;
}

const fieldOf = (schema: JsonSchema, name: string) => (schema.properties as Record<string, JsonSchema>)[name];

describe('what editors read in the schemas', () => {
  test('annotating twice is annotating once', () => {
    const once = withEditorAnnotations(builtinSchemas());
    assert.deepEqual(withEditorAnnotations(once), once);
  });

  test('every field with a description has Markdown for it, and every field an example or its fields', () => {
    const set = withEditorAnnotations(builtinSchemas());
    const reader = new SchemaReader(set);
    const poor: string[] = [];
    for (const [file, schema] of set.schemas) {
      // What stands in the root is said in full by the schema of each kind.
      if (file === 'vrsky.schema.json') continue;
      everyField(schema, (name, field) => {
        const view = reader.expand({ schema: field, file }, undefined);
        const markdown = String(annotation(view, 'markdownDescription') ?? '');
        const hasExample = markdown.includes('```yaml') || annotation(view, 'examples') !== undefined;
        if (field.description !== undefined && field.markdownDescription === undefined)
          poor.push(`${file} ${name}: no Markdown`);
        if ('const' in field || markdown === '') return;
        if (!hasExample && fieldsOf(view).size === 0) poor.push(`${file} ${name}: no example`);
      });
    }
    assert.deepEqual(poor, []);
  });

  test('an example that the schema does not give is made from the default or the choices', () => {
    const schema = annotated({
      properties: {
        mode: { enum: ['append', 'fail'], description: 'How.' },
        deep: { type: 'boolean', default: false, description: 'Whether.' },
        path: { type: 'string', description: 'Where.', examples: ['a'] },
      },
    });
    assert.equal(fieldOf(schema, 'mode')?.markdownDescription, 'How.\n\n```yaml\nmode: append\n```');
    assert.equal(fieldOf(schema, 'deep')?.markdownDescription, 'Whether.\n\n```yaml\ndeep: true\n```');
    assert.equal(fieldOf(schema, 'path')?.markdownDescription, 'Where.');
  });

  test('a lone reference stands beside what is said about it, so that editors show that first', () => {
    const schema = annotated({
      definitions: { age: { type: 'string', 'x-duration': true, description: 'A number with a unit.' } },
      properties: {
        wait: { allOf: [{ $ref: '#/definitions/age' }], description: 'How long.', default: '1s' },
      },
    });
    assert.deepEqual(fieldOf(schema, 'wait'), {
      $ref: '#/definitions/age',
      description: 'How long.',
      markdownDescription: 'How long.\n\nA number with a unit.\n\n```yaml\nwait: 1s\n```',
      default: '1s',
    });
  });

  test('values of examples and defaults are left alone, whatever they look like', () => {
    const value = { description: 'a field of the message', markdownDescription: 'x', allOf: [{ $ref: '#' }] };
    const schema = annotated({ description: 'One.', examples: [value], default: value });
    assert.deepEqual([schema.examples, schema.default], [[value], value]);
  });

  test('the placeholders of a snippet keep the quotes and escape what editors would take for their own', () => {
    const schema = annotated({
      definitions: {
        one: {
          title: 'one',
          properties: { type: { const: 'one' }, url: { type: 'string' } },
          examples: [{ type: 'one', url: '{{ a }}\\$' }],
        },
      },
      properties: {
        list: {
          type: 'array',
          items: {
            properties: { type: { enum: ['one'] } },
            allOf: [caseOf({ properties: { type: { const: 'one' } } }, { $ref: '#/definitions/one' })],
          },
        },
      },
    });
    const [snippet] = Object(fieldOf(schema, 'list')).defaultSnippets;
    assert.deepEqual(snippet.body, { type: 'one', url: '"${1:{{ a \\}\\}\\\\\\\\\\$}"' });
  });
});

function caseOf(condition: JsonSchema, consequence: JsonSchema): JsonSchema {
  return Object.fromEntries([
    ['if', condition],
    ['then', consequence],
  ]);
}

function everyField(schema: unknown, visit: (name: string, field: JsonSchema) => void): void {
  if (Array.isArray(schema)) for (const part of schema) everyField(part, visit);
  if (!isSchema(schema)) return;
  for (const [key, part] of Object.entries(schema)) {
    if (['examples', 'default', 'if', 'not', 'dependencies', 'defaultSnippets'].includes(key)) continue;
    if (key === 'properties')
      for (const [name, field] of Object.entries(Object(part))) visit(name, field as JsonSchema);
    everyField(part, visit);
  }
}
