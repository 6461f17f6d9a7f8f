import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkSchema } from './check-schema.ts';
import { parseManifests } from './parse-manifests.ts';
import { builtinSchemas, withConnectors } from './schema-set.ts';

async function check(text: string, set = builtinSchemas()) {
  const { documents, diagnostics } = parseManifests({ file: 'a.yaml', text });
  assert.deepEqual(diagnostics, []);
  return checkSchema(documents, set);
}

/** `line:column code message` of every diagnostic. */
async function shown(text: string): Promise<readonly string[]> {
  const diagnostics = await check(text);
  return diagnostics.map(
    ({ code, message, range: { start } }) => `${start.line}:${start.column} ${code} ${message}`,
  );
}

const head = 'apiVersion: vrsky.io/v1\nkind: Flow\nmetadata: { name: a }\nspec:\n';
const consumers = '  consumers: [{ name: in, type: schedule, every: 1m }]\n';
const producers = '  producers: [{ name: out, type: log }]\n';
/** A flow whose line 7 is the beginning of `steps`, indented by four spaces. */
const withStep = (step: string) => `${head}${consumers}${producers}  steps:\n    ${step}\n`;

test('a flow without mistakes gives nothing', async () => {
  assert.deepEqual(await shown(`${head}${consumers}${producers}`), []);
});

suite('fields', () => {
  test('a misspelt required field is one mistake', async () => {
    assert.deepEqual(await shown(withStep('- { name: p, type: map, expresion: x }')), [
      '8:29 VRS2001 Unknown field `expresion` in the map step `p`; did you mean `expression`, which is missing?',
    ]);
  });

  test('a misspelt optional field suggests one that is not there yet', async () => {
    assert.deepEqual(await shown(withStep('- { name: p, type: map, expression: x, onerror: drop }')), [
      '8:44 VRS2001 Unknown field `onerror` in the map step `p`; did you mean `onError`?',
    ]);
  });

  test('an unknown field says what is legal there, required fields first', async () => {
    const [diagnostic] = await check(withStep('- { name: p, type: map, expression: x, retries: 5 }'));
    assert.equal(diagnostic?.message, 'Unknown field `retries` in the map step `p`');
    assert.equal(
      diagnostic?.help,
      'A map step has `name`, `type`, `expression`, `to`, `onError` and `durable`.',
    );
  });

  test('a missing field is shown at the type that wants it, with an example', async () => {
    const [diagnostic, ...others] = await check(withStep('- { name: p, type: map }'));
    assert.deepEqual(others, []);
    assert.equal(diagnostic?.code, 'VRS2002');
    assert.equal(diagnostic?.range.start.column, 24);
    assert.match(diagnostic?.help ?? '', /^Add `expression`: JSONata.*\nexpression: \|\n {2}\S/s);
  });

  test('a fix renames the field', async () => {
    const [diagnostic] = await check(withStep('- { name: p, type: map, expresion: x }'));
    assert.deepEqual([diagnostic?.fix?.text, diagnostic?.fix?.range], ['expression', diagnostic?.range]);
  });

  test('every mistake of an object is reported at once', async () => {
    assert.deepEqual(
      await shown(
        `${head}  consumrs: []\n${producers}  steps: 5\n  limits: { maxBytes: 1GiB, maxMessages: 0 }\n`,
      ),
      [
        '5:3 VRS2001 Unknown field `consumrs` in `spec`; did you mean `consumers`, which is missing?',
        '7:10 VRS2003 `spec.steps` must be a list, and this is the number 5',
        '8:42 VRS2009 `spec.limits.maxMessages` must be at least 1 (it is 0)',
      ],
    );
  });
});

suite('unions', () => {
  test('an unknown type is one mistake, whatever else the step holds', async () => {
    assert.deepEqual(await shown(withStep('- { name: p, type: mapp, expresion: 5 }')), [
      '8:24 VRS2007 There is no step of type `mapp`; did you mean `map`?',
    ]);
  });

  test('a connector that only delivers is not found among the consumers, and the help says where it belongs', async () => {
    const [diagnostic] = await check(`${head}  consumers: [{ name: in, type: log }]\n${producers}`);
    assert.equal(diagnostic?.message, 'There is no consumer of type `log`');
    assert.equal(diagnostic?.help, '`log` is a producer: it belongs under `spec.producers`.');
  });

  test('the fields of a nested union are those of its type', async () => {
    const producer =
      '{ name: out, type: http, url: "https://x", auth: { type: bearer, tokn: "${secret:T}" } }';
    assert.deepEqual(await shown(`${head}${consumers}  producers:\n    - ${producer}\n`), [
      '7:72 VRS2001 Unknown field `tokn` in `auth` of the http producer `out`; did you mean `token`, which is missing?',
    ]);
  });

  test('of a field that takes a word or a mapping only the complaint about what was written is shown', async () => {
    assert.deepEqual(await shown(withStep('- { name: p, type: map, expression: x, onError: dorp }')), [
      '8:53 VRS2004 `onError` of the map step `p` cannot be `dorp`; did you mean `drop`?',
    ]);
    assert.deepEqual(await shown(withStep('- { name: p, type: map, expression: x, onError: { too: q } }')), [
      '8:55 VRS2001 Unknown field `too` in `onError` of the map step `p`; did you mean `to`, which is missing?',
    ]);
    assert.deepEqual(await shown(withStep('- { name: p, type: map, expression: x, to: 5 }')), [
      '8:48 VRS2003 `to` of the map step `p` must be a list or a text, and this is the number 5',
    ]);
    assert.deepEqual(await shown(withStep('- { name: p, type: map, expression: x, to: [a, B] }')), [
      '8:52 VRS2008 `B` cannot be a name; did you mean `b`?',
    ]);
  });

  test('fields that exclude each other, and fields of which one is needed', async () => {
    assert.deepEqual(
      await shown(withStep('- { name: p, type: filter, when: x, rules: { field: a, eq: 1 } }')),
      ['8:32 VRS2012 `rules` and `when` exclude each other in the filter step `p`'],
    );
    assert.deepEqual(await shown(withStep('- { name: p, type: filter }')), [
      '8:7 VRS2012 The filter step `p` needs `rules` or `when`',
    ]);
  });

  test('rules are checked at any depth', async () => {
    assert.deepEqual(
      await shown(withStep('- { name: p, type: filter, rules: { all: [{ not: { field: a, gtt: 1 } }] } }')),
      ['8:66 VRS2001 Unknown field `gtt` in `rules.all[0].not` of the filter step `p`; did you mean `gt`?'],
    );
  });
});

suite('types', () => {
  const cases: Readonly<Record<string, readonly [step: string, message: string, fix: string | undefined]>> = {
    'a number where a text is wanted': [
      'message: 5',
      '`message` of the log producer `x` must be a text, and this is the number 5',
      '"5"',
    ],
    'nothing where a text is wanted': [
      'message:',
      '`message` of the log producer `x` must be a text, and there is nothing',
      undefined,
    ],
    'a list where a text is wanted': [
      'message: [a]',
      '`message` of the log producer `x` must be a text, and this is a list',
      undefined,
    ],
  };
  for (const [name, [field, message, fix]] of Object.entries(cases)) {
    test(name, async () => {
      const [diagnostic, ...others] = await check(
        `${head}${consumers}  producers:\n    - name: x\n      type: log\n      ${field}\n`,
      );
      assert.deepEqual(others, []);
      assert.deepEqual(
        [diagnostic?.code, diagnostic?.message, diagnostic?.fix?.text],
        ['VRS2003', message, fix],
      );
    });
  }

  test('a text that was meant as a number or a truth value gets a fix', async () => {
    const [durable, attempts] = await check(
      `${head}${consumers}${producers}  delivery: { attempts: "8" }\n  steps: [{ name: a, type: map, expression: x, durable: yes }]\n`,
    );
    assert.deepEqual([attempts?.fix?.text, durable?.fix?.text], ['8', 'true']);
  });

  test('a duration without a unit says so', async () => {
    const [diagnostic] = await check(`${head}${consumers}${producers}  delivery: { deadline: 30 }\n`);
    assert.deepEqual(
      [diagnostic?.code, diagnostic?.message, diagnostic?.fix?.text],
      ['VRS2010', '30 has no unit: `spec.delivery.deadline`', '30s'],
    );
  });
});

suite('documents', () => {
  test('an unknown kind or apiVersion is named with what is known', async () => {
    assert.deepEqual(await shown('apiVersion: vrsky/v1\nkind: Flwo\nmetadata: { name: a }\nspec: {}\n'), [
      '1:13 VRS2006 Unknown apiVersion `vrsky/v1`; did you mean `vrsky.io/v1`?',
      '2:7 VRS2005 Unknown kind `Flwo`; did you mean `Flow`?',
    ]);
  });

  test('a mapping with neither is no manifest, and nothing more is said about it', async () => {
    assert.deepEqual(await shown('services: { web: {} }\n'), [
      '1:1 VRS1013 This document has neither `apiVersion` nor `kind`: it is not a manifest',
    ]);
  });
});

test('the connectors of others are checked like those that come along', async () => {
  const schema = {
    definitions: {
      producer: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'type', 'topic'],
        properties: {
          name: { $ref: '../common.schema.json#/definitions/name' },
          type: { const: 'kafka' },
          topic: { type: 'string', description: 'The topic.', examples: ['orders'] },
        },
      },
    },
  };
  const set = withConnectors(builtinSchemas(), [{ id: 'kafka', schema }]);
  const flow = (producer: string) => `${head}${consumers}  producers: [${producer}]\n`;
  assert.deepEqual(await check(flow('{ name: out, type: kafka, topic: orders }'), set), []);
  const [diagnostic] = await check(flow('{ name: out, type: kafka, topc: orders }'), set);
  assert.equal(
    diagnostic?.message,
    'Unknown field `topc` in the kafka producer `out`; did you mean `topic`, which is missing?',
  );
  assert.equal((await check(flow('{ name: out, type: kafka, topic: orders }')))[0]?.code, 'VRS2007');
  assert.throws(() => withConnectors(set, [{ id: 'kafka', schema }]), /two connectors called kafka/);
});
