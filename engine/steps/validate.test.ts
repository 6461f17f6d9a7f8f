// validate holds payloads against a JSON Schema and names what does not fit.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Payload } from '../payload/payload.ts';
import { messageOf, messageWith, passed } from './test-message.ts';
import { validate } from './validate.ts';

const schema = {
  type: 'object',
  required: ['id', 'lines'],
  additionalProperties: false,
  properties: {
    id: { type: 'string', pattern: '^[A-Z]{3}-' },
    lines: { type: 'array', minItems: 1, items: { $ref: '#/definitions/line' } },
  },
  definitions: { line: { type: 'object', properties: { price: { type: 'number', minimum: 0 } } } },
} as const;

async function refusal(value: unknown): Promise<string> {
  try {
    await validate.compile({ schema: structuredClone(schema) as never })(messageOf(value));
  } catch (error) {
    assert.equal((error as { code?: string }).code, 'VRS8224');
    return (error as Error).message;
  }
  throw new Error('it was let pass');
}

test('what fits passes unchanged, without a promise', async () => {
  const run = validate.compile({ schema: structuredClone(schema) as never });
  const message = messageOf({ id: 'ABC-1', lines: [{ price: 0 }] });
  assert.ok(!(run(message) instanceof Promise));
  assert.equal(await passed(run, message), message);
});

suite('what does not fit fails and says where', () => {
  const cases: readonly (readonly [value: unknown, where: RegExp])[] = [
    [{ id: 'ABC-1', lines: [{ price: 1 }, { price: '2' }] }, /#\/lines\/1\/price: .*"string".*"number"/],
    [{ id: 'ABC-1', lines: [{ price: -1 }] }, /#\/lines\/0\/price: /],
    [{ id: 'ABC-1' }, /#: .*"lines"/],
    [{ id: 'abc', lines: [{}] }, /#\/id: /],
    [{ id: 'ABC-1', lines: [] }, /#\/lines: /],
    [{ id: 'ABC-1', lines: [{}], extra: 1 }, /extra/],
    ['text', /#: /],
  ];
  for (const [value, where] of cases) {
    test(JSON.stringify(value), async () => assert.match(await refusal(value), where));
  }

  test('several at once, and how many more', async () => {
    const message = await refusal({ id: 'x', lines: Array.from({ length: 9 }, () => ({ price: 'x' })) });
    assert.match(message, /#\/id: .*#\/lines\/0\/price: .* … and \d+ more$/);
  });
});

test('a payload that cannot be read keeps the code of its format', () => {
  const run = validate.compile({ schema: true });
  assert.throws(() => run(messageWith(Payload.ofBytes(Buffer.from('{')))), { code: 'VRS8201' });
});

test('draft 2020-12 is spoken when the schema names it', async () => {
  const tuple = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    prefixItems: [{ type: 'string' }],
  };
  const run = validate.compile({ schema: tuple as never });
  await passed(run, messageOf(['a']));
  assert.throws(() => run(messageOf([1])), { code: 'VRS8224', message: /#\/0: / });
});

suite('a schema that cannot be used is refused at start', () => {
  test('none at all', () => {
    assert.throws(() => validate.compile({} as never), { code: 'VRS8223', message: /no `schema`/ });
  });

  test('a reference that leads nowhere; nothing is fetched', () => {
    for (const $ref of ['#/definitions/nope', 'https://example.com/schema.json']) {
      assert.throws(() => validate.compile({ schema: { properties: { a: { $ref } } } }), {
        code: 'VRS8223',
        message: new RegExp(`refers to ${$ref}`),
      });
    }
  });

  test('a pattern that is no regular expression', () => {
    for (const part of [
      { pattern: '(' },
      { patternProperties: { '[': true } },
      { items: { pattern: '*' } },
    ]) {
      assert.throws(() => validate.compile({ schema: part }), {
        code: 'VRS8223',
        message: /regular expression/,
      });
    }
  });
});

test('the manifest is not changed by compiling it', () => {
  const frozen = JSON.stringify(schema);
  const own = structuredClone(schema);
  validate.compile({ schema: own as never });
  assert.equal(JSON.stringify(own), frozen);
});
