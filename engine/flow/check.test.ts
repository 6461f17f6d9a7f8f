import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { DocumentPath } from '../manifest/document.ts';
import { builtinSchemas } from '../manifest/schema-set.ts';
import { annotation, SchemaReader } from '../manifest/schema-view.ts';
import { checkSources } from './check.ts';

const head = (name = 'a') => `apiVersion: vrsky.io/v1\nkind: Flow\nmetadata: { name: ${name} }\nspec:\n`;
const consumers = '  consumers: [{ name: in, type: schedule, every: 1m }]\n';

interface Parts {
  readonly consumers?: string;
  readonly steps?: readonly string[];
  readonly producers?: readonly string[];
  readonly rest?: string;
}

/** A flow of one-line steps `name: more fields` (type map unless given) and log producers. */
function flow({ steps = [], producers = ['out'], rest = '', ...parts }: Parts): string {
  const step = (text: string) =>
    `    - { name: ${text.includes('type:') ? text : `${text}, type: map, expression: x`} }\n`;
  const lines = steps.length === 0 ? '' : `  steps:\n${steps.map(step).join('')}`;
  const logs = producers.map((name) => `    - { name: ${name}, type: log }\n`).join('');
  return `${head()}${parts.consumers ?? consumers}${lines}  producers:\n${logs}${rest}`;
}

const check = (text: string, env?: (name: string) => string | undefined) =>
  checkSources([{ file: 'a.yaml', text }], env === undefined ? {} : { env });

async function found(text: string): Promise<readonly string[]> {
  const { diagnostics } = await check(text);
  return diagnostics.map(({ code, message }) => `${code} ${message}`);
}

async function graph(text: string) {
  const { value, diagnostics } = await check(text);
  assert.deepEqual(diagnostics, []);
  const [built] = value.flows;
  assert.ok(built);
  return built;
}

/** `name → targets` of consumers and steps. */
async function wired(parts: Parts): Promise<Readonly<Record<string, readonly string[]>>> {
  const built = await graph(flow(parts));
  return Object.fromEntries([...built.consumers, ...built.steps].map(({ name, to }) => [name, to]));
}

suite('wiring', () => {
  test('without steps, consumers lead to every producer', async () => {
    assert.deepEqual(await wired({ producers: ['x', 'y'] }), { in: ['x', 'y'] });
  });

  test('steps follow one another, the last leads to every producer', async () => {
    assert.deepEqual(await wired({ steps: ['a', 'b'], producers: ['x', 'y'] }), {
      in: ['a'],
      a: ['b'],
      b: ['x', 'y'],
    });
  });

  test('to names what comes next, one or several', async () => {
    assert.deepEqual(await wired({ steps: ['a, to: [c, x]', 'b, to: x', 'c, to: b'], producers: ['x'] }), {
      in: ['a'],
      a: ['c', 'x'],
      b: ['x'],
      c: ['b'],
    });
  });

  test('a consumer may name where it leads', async () => {
    const two =
      '  consumers:\n    - { name: in, type: schedule, every: 1m, to: b }\n    - { name: in2, type: schedule, every: 1m }\n';
    assert.deepEqual(await wired({ consumers: two, steps: ['a', 'b'] }), {
      in: ['b'],
      in2: ['a'],
      a: ['b'],
      b: ['out'],
    });
  });

  test('producers that something names are left out of the default', async () => {
    const route = 'r, type: route, routes: [{ when: x, to: big }], otherwise: c';
    assert.deepEqual(
      await wired({
        steps: ['a, onError: { to: failed }', route, 'c'].map((step) =>
          step.replace('a,', 'a, type: map, expression: x,'),
        ),
        producers: ['big', 'failed', 'rest'],
      }),
      {
        in: ['a'],
        a: ['r'],
        r: [],
        c: ['rest'],
      },
    );
  });

  test('a route says where its names lead; drop is no name', async () => {
    const route = (rest: string) =>
      `r, type: route, routes: [{ when: x, to: a }, { when: y, to: [b, a] }]${rest}`;
    const targets = async (rest: string) =>
      (
        await graph(
          flow({ steps: [route(rest)], producers: ['a', 'b', ...(rest.includes('[b, c]') ? ['c'] : [])] }),
        )
      ).steps[0]?.routeTargets;
    assert.deepEqual(await targets(''), { a: 'when', b: 'when' });
    assert.deepEqual(await targets(', otherwise: drop'), { a: 'when', b: 'when' });
    assert.deepEqual(await targets(', otherwise: [b, c]'), { a: 'when', b: 'when', c: 'otherwise' });
  });

  test('convert calls its target next, for its to is a format', async () => {
    const built = await graph(
      flow({ steps: ['a, type: convert, from: xml, to: json, next: c', 'b, to: out', 'c, to: b'] }),
    );
    assert.deepEqual(built.steps[0]?.to, ['c']);
    assert.deepEqual(built.steps[0]?.config, { from: 'xml', to: 'json' });
  });
});

suite('graph', () => {
  test('configurations hold own fields only, with references unresolved', async () => {
    const built = await graph(
      `${head()}  consumers:\n    - { name: in, type: nats, servers: nats://x, subject: a, stream: S, durable: d, to: s }\n` +
        '  steps:\n    - { name: s, type: map, expression: "${env:X:-x}", onError: drop, durable: true }\n' +
        '  producers:\n    - { name: out, type: log, message: hello }\n',
    );
    assert.deepEqual(built.consumers[0]?.config, {
      servers: 'nats://x',
      subject: 'a',
      stream: 'S',
      durable: 'd',
    });
    assert.deepEqual(built.steps[0], {
      name: 's',
      type: 'map',
      config: { expression: '${env:X:-x}' },
      to: ['out'],
      onError: { kind: 'drop' },
      durable: true,
    });
    assert.deepEqual(built.producers[0]?.config, { message: 'hello' });
  });

  test('defaults are filled in, durations and sizes are numbers', async () => {
    const { delivery, limits, durability, stream, tenant } = await graph(flow({}));
    assert.deepEqual(
      { delivery, limits, durability, stream, tenant },
      {
        delivery: {
          attempts: 8,
          backoff: { initialMs: 1000, factor: 2, maxMs: 300_000 },
          deadlineMs: 86_400_000,
        },
        limits: { maxMessages: 1_000_000, maxBytes: 1024 ** 3 },
        durability: 'standard',
        stream: 'shared',
        tenant: 'default',
      },
    );
  });

  test('the defaults are those that the schema tells people', async () => {
    const reader = new SchemaReader(builtinSchemas());
    const written = (path: DocumentPath) => {
      const value = { kind: 'Flow', spec: {} };
      return annotation(reader.descend(value, ['spec', ...path]), 'default');
    };
    const delivery = ['attempts', 'deadline'].map((field) => `${field}: ${written(['delivery', field])}`);
    const backoff = ['initial', 'factor', 'max'].map(
      (field) => `${field}: ${written(['delivery', 'backoff', field])}`,
    );
    const limits = ['maxMessages', 'maxBytes'].map((field) => `${field}: ${written(['limits', field])}`);
    const said = await graph(
      flow({
        rest: `  delivery: { ${delivery.join()}, backoff: { ${backoff.join()} } }\n  limits: { ${limits.join()} }\n`,
      }),
    );
    const silent = await graph(flow({}));
    assert.deepEqual([said.delivery, said.limits], [silent.delivery, silent.limits]);
    assert.deepEqual([written(['durability']), written(['stream'])], [silent.durability, silent.stream]);
  });

  test('what the manifest says wins over defaults', async () => {
    const rest =
      '  delivery: { attempts: 2, backoff: { initial: 250ms, factor: 3, max: 1m }, deadline: 1h }\n  limits: { maxMessages: 5, maxBytes: 1KB }\n';
    const { delivery, limits } = await graph(
      flow({ rest: `${rest}  durability: memory\n  stream: dedicated\n` }),
    );
    assert.deepEqual(delivery, {
      attempts: 2,
      backoff: { initialMs: 250, factor: 3, maxMs: 60_000 },
      deadlineMs: 3_600_000,
    });
    assert.deepEqual(limits, { maxMessages: 5, maxBytes: 1000 });
  });

  test('a field is found in the file again', async () => {
    const built = await graph(flow({ steps: ['a'] }));
    assert.deepEqual(built.locate(['spec', 'steps', 0, 'name']).start.line, 7);
    assert.equal(built.file, 'a.yaml');
  });

  test('flows of other files are there although one is broken', async () => {
    const { value } = await checkSources([
      { file: 'a.yaml', text: flow({ steps: ['a, to: nowhere'] }) },
      { file: 'b.yaml', text: flow({}).replace('name: a ', 'name: b ') },
    ]);
    assert.deepEqual(
      value.flows.map(({ name, file }) => `${file} ${name}`),
      ['b.yaml b'],
    );
  });
});

suite('mistakes', () => {
  test('a target that does not exist suggests one that does, and nothing follows from it', async () => {
    assert.deepEqual(await found(flow({ steps: ['a, to: uot'] })), [
      'VRS3001 There is no step or producer `uot` in this flow; did you mean `out`?',
    ]);
  });

  test('a consumer is no target', async () => {
    assert.deepEqual(await found(flow({ steps: ['a, to: in'] })), [
      'VRS3007 `in` is a consumer: messages come from there, they cannot go there',
    ]);
  });

  test('a cycle is named whole', async () => {
    const [diagnostic, ...others] = (await check(flow({ steps: ['a', 'b', 'c, to: [a, out]'] }))).diagnostics;
    assert.deepEqual(others, []);
    assert.equal(diagnostic?.message, 'The steps form a cycle: a → b → c → a');
    assert.deepEqual(
      diagnostic?.related?.map(({ message }) => message),
      ['`a` goes on to `b`', '`b` goes on to `c`'],
    );
  });

  test('a step that leads to itself, and two cycles in one flow', async () => {
    assert.deepEqual(await found(flow({ steps: ['a, to: [a, b]', 'b', 'c, to: [b, out]'] })), [
      'VRS3002 The steps form a cycle: a → a',
      'VRS3002 The steps form a cycle: b → c → b',
    ]);
  });

  test('a step or producer that nothing leads to, but not what only follows it', async () => {
    assert.deepEqual(await found(flow({ steps: ['a, to: out', 'b', 'c'], producers: ['out', 'x'] })), [
      'VRS3003 No message ever comes to the step `b`',
    ]);
    assert.deepEqual(await found(flow({ steps: ['a, to: out'], producers: ['out', 'x'] })), [
      'VRS3004 Nothing is ever delivered to the producer `x`',
    ]);
  });

  test('a step behind a route is told so', async () => {
    const { diagnostics } = await check(
      flow({ steps: ['r, type: route, routes: [{ when: x, to: out }]', 'b, to: out'] }),
    );
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['VRS3003'],
    );
    assert.match(
      diagnostics[0]?.help ?? '',
      /`r`, is a route: it goes on only where its `routes` and `otherwise` say/,
    );
  });

  test('a last step with nothing left is told to write to', async () => {
    const { diagnostics } = await check(
      flow({ steps: ['a, type: map, expression: x, onError: { to: out }'] }),
    );
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['VRS3008'],
    );
    assert.match(diagnostics[0]?.help ?? '', /\nto: out\n/);
  });

  test('names are unique over consumers, steps and producers', async () => {
    assert.deepEqual(await found(flow({ steps: ['out'], producers: ['out', 'out'] })), [
      'VRS3005 The name `out` is used twice, for a step and a producer',
      'VRS3005 The name `out` is used twice, for a step and a producer',
    ]);
  });

  test('nothing may be called drop', async () => {
    assert.deepEqual(await found(flow({ producers: ['drop'] })), [
      'VRS2008 A producer cannot be called `drop`',
    ]);
  });

  test('flows with one name are reported over all files, but not over tenants', async () => {
    const text = flow({});
    const other = text.replace('name: a ', 'name: a, tenant: acme ');
    const { diagnostics } = await checkSources(
      [text, text, other].map((one, index) => ({ file: `${index}.yaml`, text: one })),
    );
    assert.deepEqual(
      diagnostics.map(({ code, file, related }) => [code, file, related?.[0]?.file]),
      [['VRS3006', '1.yaml', '0.yaml']],
    );
  });

  test('mistakes of every kind in every document are reported at once', async () => {
    const broken = `${flow({ steps: ['a, to: nowhere'] })}  durabilty: memory\n---\nkind: [\n---\n${flow({ steps: ['b, typ: x'] }).replace('name: a ', 'name: b ')}`;
    const { diagnostics } = await check(broken);
    assert.deepEqual(
      new Set(diagnostics.map(({ code }) => code)),
      new Set(['VRS3001', 'VRS2001', 'VRS1001']),
    );
  });

  test('a flow whose lists cannot be read is not asked what is reachable', async () => {
    assert.deepEqual(
      await found(`${head()}${consumers}  steps: [5]\n  producers: [{ name: x, type: log }]\n`),
      ['VRS2003 This step must be a mapping, and this is the number 5'],
    );
  });
});

suite('references', () => {
  const producer = (fields: string) =>
    `${head()}${consumers}  producers:\n    - { name: out, type: http, ${fields} }\n`;
  const codes = async (text: string, env: (name: string) => string | undefined = () => undefined) =>
    (await check(text, env)).diagnostics.map(
      ({ code, severity, range: { start } }) => `${start.column} ${severity} ${code}`,
    );

  test('a variable that is not set is a warning at its place, and the flow is there', async () => {
    const text = producer('url: "http://x/${env:PATHNAME}"');
    assert.deepEqual(await codes(text), ['47 warning VRS3010']);
    assert.deepEqual(await codes(text, (name) => (name === 'PATHNAME' ? '' : undefined)), []);
    assert.equal((await check(text, () => undefined)).value.flows.length, 1);
  });

  test('nothing is said about variables with a default, secrets, or without a way to look them up', async () => {
    assert.deepEqual(await codes(producer('url: "${env:A:-x}/${secret:B}"')), []);
    assert.deepEqual((await check(producer('url: "${env:A}"'))).diagnostics, []);
  });

  test('what only looks like a reference gets a suggestion', async () => {
    const meant: Readonly<Record<string, string | undefined>> = {
      '${HOME}': '${env:HOME}',
      '${ENV:HOME}': '${env:HOME}',
      '${env.HOME}': '${env:HOME}',
      '${env:HOME-x}': '${env:HOME:-x}',
      '${ secret:A }': '${secret:A}',
      '${env:}': undefined,
      '${file:x}': undefined,
      '${env:A': '${env:A}',
    };
    for (const [written, fix] of Object.entries(meant)) {
      const { diagnostics } = await check(producer(`url: "http://x/${written}"`), () => '');
      assert.deepEqual(
        diagnostics.map(({ code }) => code),
        ['VRS3011'],
        written,
      );
      assert.equal(diagnostics[0]?.fix?.text, fix, written);
    }
  });

  test('a doubled dollar, JSONata and texts for people hold no references', async () => {
    assert.deepEqual(await codes(producer('url: "http://x/$${HOME}"')), []);
    assert.deepEqual(await found(flow({}).replace('name: a }', 'name: a, description: "${HOME}" }')), []);
    assert.deepEqual(await found(flow({ steps: ["a, type: map, expression: 'items.${ id: amount }'"] })), []);
  });

  test('a secret in clear is an error, from the environment a warning', async () => {
    const auth = (token: string) => producer(`url: "http://x", auth: { type: bearer, token: "${token}" }`);
    assert.deepEqual(await codes(auth('abc')), ['78 error VRS3012']);
    assert.deepEqual(await codes(auth('${env:T:-}')), ['78 warning VRS3012']);
    assert.deepEqual(await codes(auth('Bearer ${secret:T}')), []);
  });

  test('references stand in consumers, steps and producers only', async () => {
    assert.deepEqual(await found(flow({ rest: '  delivery: { deadline: "${env:D:-1h}" }\n' })), [
      'VRS2010 `${env:D:-1h}` is not a duration',
    ]);
    assert.deepEqual(await found(producer('url: "http://x", timeout: "${env:D:-1h}"')), []);
  });
});

test('a thousand flows are checked at once', async () => {
  const text = flow({
    steps: [
      'p, type: convert, from: xml, to: json',
      'm, type: map, expression: \'{ "id": Invoice.ID, "sum": $sum(Lines.(Price * Quantity)) }\'',
      'f, type: filter, rules: { all: [{ field: total, gte: 100 }] }',
      'r, type: route, routes: [{ when: country = "NO", to: x }], otherwise: y',
    ],
    producers: ['x', 'y'],
  });
  const sources = Array.from({ length: 1000 }, (_, index) => ({
    file: `${index}.yaml`,
    text: text.replace('name: a ', `name: a${index} `),
  }));
  const { value, diagnostics } = await checkSources(sources);
  assert.deepEqual([diagnostics.length, value.flows.length], [0, 1000]);
});
