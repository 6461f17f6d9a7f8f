// Environments over flows: what comes out, and that every mistake is reported where it was made.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSources } from '../check.ts';

const orders = `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: orders }
spec:
  consumers:
    - name: hook
      type: http
      port: \${var:port:-8080}
      path: /orders
  producers:
    - name: shop
      type: http
      url: "\${var:shop-url:-http://localhost:9090}/orders"
      headers: { X-Version: "\${var:version:-1}" }
    - { name: log, type: log }
  delivery: { attempts: 3, deadline: 1h }
`;

const environment = (spec: string, name = 'prod') =>
  `apiVersion: vrsky.io/v1\nkind: Environment\nmetadata: { name: ${name} }\nspec:\n${spec}`;

async function check(environmentText: string, chosen?: string, flow = orders) {
  const sources = [
    { file: 'orders.yaml', text: flow },
    { file: 'prod.yaml', text: environmentText },
  ];
  const { value, diagnostics } = await checkSources(sources, { environment: chosen });
  const found = diagnostics.map(
    ({ code, file, range, message }) =>
      `${code} ${file}:${range.start.line}:${range.start.column} ${message}`,
  );
  return { flow: value.flows[0], found, diagnostics, value };
}

test('without an environment the defaults hold, and a whole default has its own type', async () => {
  const { flow, found } = await check(environment('  values: { port: 80 }\n'));
  assert.deepEqual(found, []);
  assert.equal(flow?.consumers[0]?.config.port, 8080);
  assert.equal(flow?.producers[0]?.config.url, 'http://localhost:9090/orders');
  assert.deepEqual(flow?.producers[0]?.config.headers, { 'X-Version': '1' });
});

test('values fill variables in, patches change things by name and take fields away', async () => {
  const { flow, found } = await check(
    environment(`  values: { port: 80, shop-url: "https://\${env:SHOP_HOST}" }
  patches:
    - flow: orders
      spec:
        producers:
          - { name: shop, method: PUT, headers: null }
        delivery: { attempts: 20 }
`),
    'prod',
  );
  assert.deepEqual(found, []);
  assert.equal(flow?.consumers[0]?.config.port, 80);
  assert.deepEqual(flow?.producers[0]?.config, { url: 'https://${env:SHOP_HOST}/orders', method: 'PUT' });
  assert.equal(flow?.delivery.attempts, 20);
  assert.equal(flow?.delivery.deadlineMs, 3_600_000);
  assert.deepEqual(
    flow?.producers.map(({ name }) => name),
    ['shop', 'log'],
  );
});

test('what is wrong in a patch is reported in the environment, at its own line', async () => {
  const text = environment(`  patches:
    - flow: orders
      spec:
        producers:
          - name: shop
            mehtod: PUT
        delivery: { attempts: many }
`);
  assert.deepEqual((await check(text)).found, []);
  const { found, diagnostics, value } = await check(text, 'prod');
  assert.deepEqual(
    found.map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['VRS2001 prod.yaml:10:13', 'VRS2003 prod.yaml:11:31'],
  );
  const fix = diagnostics[0]?.fix;
  assert.equal(
    value.sources.get('prod.yaml')?.slice(fix?.range.start.offset, fix?.range.end.offset),
    'mehtod',
  );
});

test('patches that name nothing are found whichever environment is chosen, with what was meant', async () => {
  const text = environment(`  patches:
    - { flow: order, spec: { durability: memory } }
    - flow: orders
      spec: { producers: [ { name: shopp, method: PUT } ] }
`);
  for (const chosen of [undefined, 'prod']) {
    const { found, diagnostics } = await check(text, chosen);
    assert.deepEqual(found, [
      'VRS3402 prod.yaml:6:15 There is no flow `order` to patch',
      'VRS3402 prod.yaml:8:36 `orders` has none called `shopp` among its producers',
    ]);
    assert.deepEqual(
      diagnostics.map(({ help }) => help),
      ['Did you mean `orders`?', 'Did you mean `shop`?'],
    );
  }
});

test('a variable without a value is reported at the variable, with the environments there are', async () => {
  const flow = orders.replace('http://localhost:9090', 'X').replace('${var:shop-url:-X}', '${var:shop-url}');
  const none = await check(environment('  values: { shop-ulr: "http://x" }\n'), undefined, flow);
  assert.deepEqual(none.found, [
    'VRS3401 orders.yaml:13:13 The variable `shop-url` has no value: no environment is chosen',
  ]);
  assert.equal(none.diagnostics[0]?.help, 'Choose one with --env: prod.');
  const prod = await check(environment('  values: { shop-ulr: "http://x" }\n'), 'prod', flow);
  assert.equal(prod.diagnostics[0]?.help, 'Did you mean `shop-ulr`?');
});

test('an environment that is not there, or there twice, is said', async () => {
  const missing = await check(environment('  values: {}\n'), 'prd');
  assert.deepEqual(
    missing.diagnostics.map(({ code, help }) => [code, help]),
    [['VRS3403', 'Did you mean `prod`?']],
  );
  const twice = await check(`${environment('  values: {}\n')}---\n${environment('  values: {}\n')}`, 'prod');
  assert.deepEqual(twice.found, ['VRS3403 prod.yaml:9:19 There is an environment `prod` already']);
});

test('a value that does not fit is reported where the variable stands', async () => {
  const { found } = await check(environment('  values: { port: true }\n'), 'prod');
  assert.equal(found.length, 1);
  assert.match(found[0] ?? '', /^VRS2003 orders\.yaml:8:13 /);
});

test('a flow says where its fields are in its own file, also for what a patch brought in', async () => {
  const patch =
    '  patches:\n    - { flow: orders, spec: { durability: memory, delivery: { attempts: 9 } } }\n';
  const { flow } = await check(environment(patch), 'prod');
  assert.equal(flow?.durability, 'memory');
  assert.equal(flow?.file, 'orders.yaml');
  const lines = orders.split('\n').length;
  for (const path of [
    ['spec', 'durability'],
    ['spec', 'delivery', 'attempts'],
    ['spec', 'consumers', 0],
  ])
    assert.ok((flow?.locate(path).end.line ?? 0) <= lines);
});

test('a doubled dollar stands for the text itself', async () => {
  const flow = orders.replace('${var:version:-1}', () => '$${var:version}');
  const { flow: graph, found } = await check(environment('  values: {}\n'), 'prod', flow);
  assert.deepEqual(found, []);
  assert.deepEqual(graph?.producers[0]?.config.headers, { 'X-Version': '$${var:version}' });
});
