import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Source } from '../manifest/source.ts';
import { type CheckResult, checkSources } from './check.ts';
import { KeptChecker } from './kept-checker.ts';

const flow = (name: string, more = '', url = 'http://127.0.0.1/in') => ({
  file: `${name}.yaml`,
  text: `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: ${name} }
spec:
  consumers:
    - { name: tick, type: schedule, every: 1h${more} }
  steps:
    - name: shape
      type: map
      expression: |
        { "id": order.id }
  producers:
    - { name: out, type: http, url: "${url}" }
`,
});

const environment = (value: string) => ({
  file: 'prod.yaml',
  text: `apiVersion: vrsky.io/v1
kind: Environment
metadata: { name: prod }
spec:
  values: { host: ${value} }
  patches:
    - { flow: c, spec: { delivery: { attempts: 3 } } }
`,
});

type Files = Readonly<Record<string, string>>;

/** Checks one state after the other, and the same from nothing: both must say the same. */
async function states(
  chosen: string | undefined,
  ...all: readonly { readonly sources: readonly Source[]; readonly files?: Files }[]
): Promise<readonly CheckResult[]> {
  const kept = new KeptChecker({ environment: chosen });
  const results: CheckResult[] = [];
  for (const { sources, files = {} } of all) {
    const readFile = (file: string) => {
      const text = files[file];
      if (text === undefined) throw new Error(`no ${file}`);
      return Buffer.from(text);
    };
    const checker = await kept.next(readFile);
    const result = await checkSources(sources, { checker, readFile, environment: chosen });
    const fresh = await checkSources(sources, { readFile, environment: chosen });
    assert.deepEqual(plain(result), plain(fresh));
    results.push(result);
  }
  return results;
}

const plain = ({ value: { flows, environments }, diagnostics }: CheckResult) => ({
  flows: flows.map(({ locate, ...graph }) => ({ ...graph, at: locate(['spec', 'delivery', 'attempts']) })),
  environments,
  diagnostics,
});

const graphs = ({ value }: CheckResult) => new Map(value.flows.map((graph) => [graph.name, graph]));

test('a file that did not change is the same graph, one that did is another, one that is gone is gone', async () => {
  const [first, second, third] = (await states(
    undefined,
    { sources: [flow('a'), flow('b'), flow('c')] },
    { sources: [flow('a'), flow('b', '', 'http://127.0.0.1/other'), flow('d')] },
    { sources: [flow('a'), flow('c')] },
  )) as [CheckResult, CheckResult, CheckResult];
  assert.equal(graphs(first).get('a'), graphs(third).get('a'));
  assert.notEqual(graphs(first).get('b'), graphs(second).get('b'));
  assert.deepEqual([...graphs(second).keys()], ['a', 'b', 'd']);
  assert.notEqual(graphs(first).get('c'), graphs(third).get('c'), 'it was forgotten meanwhile');
});

test('mistakes within a file and between files come and go', async () => {
  const broken = { file: 'b.yaml', text: flow('b').text.replace('schedule', 'schedul') };
  const twice = { file: 'b.yaml', text: flow('a').text };
  const codes = (
    await states(
      undefined,
      { sources: [flow('a'), broken] },
      { sources: [flow('a'), broken] },
      { sources: [flow('a'), twice] },
      { sources: [flow('a'), flow('b')] },
    )
  ).map(({ diagnostics }) => diagnostics.map(({ code }) => code));
  assert.deepEqual(codes, [['VRS2007'], ['VRS2007'], ['VRS3006'], []]);
});

test('what takes values or patches from an environment changes with it', async () => {
  const url = 'http://$' + '{var:host}/';
  const flows = [flow('a', '', url), flow('c')];
  const [first, second, third] = (await states(
    'prod',
    { sources: [environment('one'), ...flows] },
    { sources: [environment('one'), ...flows] },
    { sources: [environment('two'), ...flows] },
    { sources: flows },
  )) as [CheckResult, CheckResult, CheckResult, CheckResult];
  assert.equal(graphs(first).get('a'), graphs(second).get('a'));
  assert.equal(graphs(first).get('c')?.delivery.attempts, 3);
  assert.equal(graphs(third).get('a')?.producers[0]?.config.url, 'http://two/');
});

test('a flow is checked again when a sample that it names changes, comes or goes', async () => {
  const sources = [flow('a', ', sample: order.json'), flow('b')];
  const right = { 'order.json': '{ "order": { "id": 1 } }' };
  const all = await states(
    undefined,
    { sources, files: right },
    { sources, files: right },
    { sources, files: { 'order.json': '{ "order": { "no": 1 } }' } },
    { sources },
    { sources, files: right },
  );
  assert.deepEqual(
    all.map(({ diagnostics }) => diagnostics.map(({ code }) => code)),
    [[], [], ['VRS4020'], ['VRS3020'], []],
  );
  assert.equal(graphs(all[0] as CheckResult).get('a'), graphs(all[1] as CheckResult).get('a'));
  assert.equal(graphs(all[0] as CheckResult).get('b'), graphs(all[4] as CheckResult).get('b'));
});
