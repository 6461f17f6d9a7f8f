// split: which parts a message becomes, when, and what they carry.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import Papa from 'papaparse';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { countryCodes } from '../format/testdata/shared-data.ts';
import type { Message } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import type { SplitConfig } from './config.gen.ts';
import { split } from './split.ts';
import { dropped, messageOf, messageWith } from './test-message.ts';

async function parts(
  config: SplitConfig,
  message: Message,
): Promise<Iterable<Message> | AsyncIterable<Message>> {
  const result = await split.compile(config)(message);
  assert.equal(result.kind, 'split');
  return (result as { messages: Iterable<Message> }).messages;
}

async function all(config: SplitConfig, message: Message): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const part of await parts(config, message)) messages.push(part);
  return messages;
}

async function values(config: SplitConfig, message: Message): Promise<unknown[]> {
  return (await all(config, message)).map(({ payload }) => payload.value());
}

function text(content: string, contentType: string): Message {
  return messageWith(Payload.ofBytes(Buffer.from(content), contentType));
}

suite('what becomes a message', () => {
  const order = messageOf({ id: 'o1', lines: [{ sku: 'a' }, { sku: 'b' }] });
  const cases: readonly (readonly [
    title: string,
    config: SplitConfig,
    message: Message,
    expected: readonly unknown[],
  ])[] = [
    [
      'items of a list that an expression gives',
      { expression: 'lines' },
      order,
      [{ sku: 'a' }, { sku: 'b' }],
    ],
    [
      'parts that an expression makes',
      { expression: 'lines.{"order": %.id, "sku": sku}' },
      order,
      [
        { order: 'o1', sku: 'a' },
        { order: 'o1', sku: 'b' },
      ],
    ],
    ['one item is one message', { expression: 'lines[sku = "a"]' }, order, [{ sku: 'a' }]],
    ['items of a JSON list', {}, messageOf([1, 'x', null]), [1, 'x', null]],
    ['a JSON object alone is one message', {}, messageOf({ a: 1 }), [{ a: 1 }]],
    ['JSON that says it is bytes', { format: 'json' }, text('[1,2]', 'application/octet-stream'), [1, 2]],
    [
      'records of CSV',
      { format: 'csv' },
      text('a,b\n1,2\n3,4\n', 'application/octet-stream'),
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    ['records of CSV by content type', {}, text('a\n1\n', 'text/csv; charset=utf-8'), [{ a: '1' }]],
    [
      'records of a CSV dialect',
      { csv: { delimiter: ';', header: false } },
      text('1;2\n', 'text/plain'),
      [['1', '2']],
    ],
    [
      'lines of NDJSON',
      { format: 'ndjson' },
      text('{"a":1}\n\n[2]\n"x"', 'text/plain'),
      [{ a: 1 }, [2], 'x'],
    ],
    ['CSV inside a JSON text', { format: 'csv' }, messageOf('a\n1\n'), [{ a: '1' }]],
  ];
  for (const [title, config, message, expected] of cases) {
    test(title, async () => assert.deepEqual(await values(config, message), expected));
  }

  test('nothing to split is filtered, with a reason', async () => {
    for (const [config, message] of [
      [{ expression: 'lines' }, messageOf({})],
      [{}, messageOf([])],
      [{ format: 'csv' }, text('a,b\n', 'text/csv')],
      [{ format: 'ndjson' }, text('\n \n', 'text/plain')],
    ] as const)
      assert.equal(await dropped(split.compile(config), message), 'there was nothing to split');
  });
});

test('parts have ids derived from their parent, its headers and key, and their number', async () => {
  const parent = messageOf([10, 20], { id: 'p', headers: { a: 'b' }, key: 'k', acceptedAt: 5, attempt: 2 });
  const messages = await all({}, parent);
  assert.deepEqual(
    messages.map(({ payload, ...rest }) => ({ ...rest, value: payload.value() })),
    [0, 1].map((index) => ({
      id: `p.${index}`,
      headers: { a: 'b', 'split-index': String(index) },
      key: 'k',
      acceptedAt: 5,
      flow: 'orders',
      attempt: 2,
      value: (index + 1) * 10,
    })),
  );
});

test('keys come from each part, and may look at the headers', async () => {
  const parent = messageOf([{ id: 'a' }, { id: 7 }, {}], { headers: { tenant: 't' }, key: 'k' });
  const keys = async (key: string) => (await all({ key }, parent)).map((message) => message.key);
  assert.deepEqual(await keys('id'), ['a', '7', undefined]);
  assert.deepEqual(await keys('$headers.tenant & "-" & id'), ['t-a', 't-7', 't-']);
});

suite('failures', () => {
  test('too many parts, known before or on the way', async () => {
    await assert.rejects(all({ maxMessages: 2 }, messageOf([1, 2, 3])), {
      code: 'VRS8225',
      message: /more than 2/,
    });
    await assert.rejects(all({ format: 'ndjson', maxMessages: 2 }, text('1\n2\n3\n', 'text/plain')), {
      code: 'VRS8225',
    });
    assert.equal((await all({ maxMessages: 3 }, messageOf([1, 2, 3]))).length, 3);
  });

  test('a malformed record fails when its turn comes, with its line', async () => {
    const seen: unknown[] = [];
    await assert.rejects(
      async () => {
        for await (const part of await parts({ format: 'csv' }, text('a,b\n1,2\n3\n', 'text/csv')))
          seen.push(part.payload.value());
      },
      { name: 'StepError', code: 'VRS8213', message: /line 3/ },
    );
    assert.deepEqual(seen, [{ a: '1', b: '2' }]);
  });

  test('content that has no records', async () => {
    await assert.rejects(all({}, text('x', 'text/plain')), {
      code: 'VRS8226',
      message: /text\/plain has no records/,
    });
    await assert.rejects(all({}, text('x', 'application/octet-stream')), {
      code: 'VRS8226',
      message: /`format`/,
    });
    await assert.rejects(all({}, text('[1,', 'application/json')), { code: 'VRS8201' });
  });

  test('an expression or a key that fails', async () => {
    await assert.rejects(all({ expression: '$number("x")' }, messageOf({})), { name: 'StepError' });
    await assert.rejects(all({ key: '$number("x")' }, messageOf([1])), { name: 'StepError' });
  });
});

test('parts are made one at a time', async () => {
  const lines = 50_000;
  const message = (end: string) => text('{"a":1}\n'.repeat(lines) + end, 'application/x-ndjson');
  for await (const part of await parts({}, message('{"a":'))) {
    assert.equal(part.id, 'm1.0', 'the first part waits for no other');
    break;
  }
  await assert.rejects(all({}, message('{"a":')), { name: 'StepError' });
  assert.equal((await all({}, message(''))).length, lines);
});

test('the country codes become a message per record, as a second parser reads them', async (t) => {
  const bytes = countryCodes();
  if (bytes === undefined) return t.skip('shared documents not found: they lie beside the project');
  const expected = Papa.parse(bytes.toString(), { header: true, skipEmptyLines: true }).data;
  assert.deepEqual(await values({}, messageWith(Payload.ofBytes(bytes, 'text/csv'))), expected);
});

suite('payloads that are too large to hold', () => {
  function stream(text: string, contentType: string): Message {
    async function* open(): AsyncGenerator<Uint8Array, void, undefined> {
      for (const char of Buffer.from(text)) yield await Promise.resolve(Buffer.from([char]));
    }
    return messageWith(Payload.ofContent({ size: undefined, open }, contentType));
  }
  const cases = [
    [
      'text/csv',
      'a,b\n1,x\n2,y\n',
      [
        { a: '1', b: 'x' },
        { a: '2', b: 'y' },
      ],
    ],
    ['application/x-ndjson', '{"a":1}\n\n[2]\n', [{ a: 1 }, [2]]],
    ['application/xml', '<r><a>1</a><b/></r>', [{ a: '1' }, { b: '' }]],
  ] as const;
  for (const [contentType, content, expected] of cases)
    test(`records of ${contentType} are read as they come`, async () => {
      const message = stream(content, contentType);
      assert.deepEqual(await values({}, message), expected);
      assert.equal(message.payload.isMissed, false);
      assert.deepEqual(await values({}, text(content, contentType)), expected);
    });

  test('parts carry their index and the key that is made of them', async () => {
    const message = stream('{"id":"a"}\n{"id":"b"}\n', 'application/x-ndjson');
    const made = await all({ key: 'id' }, message);
    assert.deepEqual(
      made.map(({ id, key, headers }) => [id, key, headers['split-index']]),
      [
        ['m1.0', 'a', '0'],
        ['m1.1', 'b', '1'],
      ],
    );
  });

  test('more than maxMessages are refused after those before', async () => {
    const message = stream('1\n2\n3\n', 'application/x-ndjson');
    const seen: unknown[] = [];
    const reading = async () => {
      for await (const part of await parts({ maxMessages: 2 }, message)) seen.push(part.payload.value());
    };
    await assert.rejects(reading(), { code: 'VRS8225' });
    assert.deepEqual(seen, [1, 2]);
  });

  test('a store that fails in the middle is the store’s failure', async () => {
    const away = new VrskyError('VRS8503', 'away', { retryable: true });
    async function* open(): AsyncGenerator<Uint8Array, void, undefined> {
      yield await Promise.resolve(Buffer.from('1\n'));
      throw away;
    }
    const message = messageWith(Payload.ofContent({ size: undefined, open }, 'application/x-ndjson'));
    await assert.rejects(all({}, message), (error) => error === away);
  });

  test('nothing is dropped', async () => {
    assert.match(await dropped(split.compile({}), stream('', 'application/x-ndjson')), /nothing to split/);
  });

  test('XML records by name', async () => {
    const message = stream('<r xmlns:n="u"><n:i k="1"/><other/><n:i/></r>', 'application/xml');
    assert.deepEqual(await values({ format: 'xml', element: 'i', namespaces: 'strip' }, message), [
      { i: { '@k': '1' } },
      { i: '' },
    ]);
  });
});
