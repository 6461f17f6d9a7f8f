import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../compile/compile.ts';
import { checkSources } from './check.ts';

const flow = (payload: string, tenant = 'default') => `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: orders, tenant: ${tenant} }
spec:
  consumers: [{ name: inbox, type: file, directory: ./in }]
  producers: [{ name: out, type: log }]
  payload: ${payload}
`;

const store = (name: string, rest: string, tenant = 'default') => `apiVersion: vrsky.io/v1
kind: ObjectStore
metadata: { name: ${name}, tenant: ${tenant} }
spec: { ${rest} }
`;

async function check(...documents: readonly string[]) {
  const { value, diagnostics } = await checkSources([{ file: 'a.yaml', text: documents.join('---\n') }]);
  return { payload: value.flows[0]?.payload, flows: value.flows, diagnostics };
}

const said = ({ diagnostics }: Awaited<ReturnType<typeof check>>) =>
  diagnostics.map(({ code, message, help }) => `${code} ${message} ${help ?? ''}`);

test('a flow gets the store that it names, wherever that stands', async () => {
  const { payload, flows, diagnostics } = await check(
    flow('{ store: bulk, inline: 1MiB }'),
    store('other', 'type: disk, directory: /payloads, default: true'),
    store('bulk', 'type: s3, bucket: acme, secretAccessKey: "${secret:KEY}"'),
  );
  assert.deepEqual(diagnostics, []);
  assert.equal(payload?.inlineBytes, 1024 * 1024);
  assert.deepEqual(payload?.store, {
    name: 'bulk',
    type: 's3',
    config: { bucket: 'acme', secretAccessKey: '${secret:KEY}' },
  });
  const compiled = compile(flows, { tenant: 'default' }).value?.flows[0];
  assert.equal(compiled?.payload?.store?.name, 'bulk', 'holes stay unresolved in the program');
});

test("a flow that names none gets its tenant's default, and no other tenant's", async () => {
  const shared = store('shared', 'type: disk, directory: /payloads, default: true');
  assert.equal((await check(flow('{}'), shared)).payload?.store?.name, 'shared');
  assert.equal((await check(flow('{}', 'acme'), shared)).payload?.store, undefined);
});

test('a store that is not there is named, with what was probably meant', async () => {
  const bulk = store('bulk', 'type: nats');
  assert.match(
    said(await check(flow('{ store: bulc }'), bulk)).join(),
    /VRS3009 .*`bulc` Did you mean `bulk`\?/,
  );
  assert.match(
    said(await check(flow('{ store: bulk }'))).join(),
    /VRS3009 .*Add a manifest of kind ObjectStore/,
  );
});

test('two stores of a name, and two defaults, are mistakes', async () => {
  const disk = 'type: disk, directory: /p, default: true';
  const codes = said(await check(store('a', disk), store('a', 'type: nats'), store('b', disk)));
  assert.deepEqual(
    codes.map((text) => text.slice(0, 37)),
    ['VRS3009 There is a store `a` already ', 'VRS3009 The tenant `default` has a de'],
  );
});

test('the fields of a store are those of its type', async () => {
  const wrong = await check(store('a', 'type: s3, bukket: acme'));
  assert.match(said(wrong).join('\n'), /bukket/);
  assert.match(said(await check(store('a', 'type: s4'))).join('\n'), /s4/);
});
