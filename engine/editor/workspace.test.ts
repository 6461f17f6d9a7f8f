import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SourceChecker, sourceChecker } from '../flow/check-source.ts';
import { type Changes, Workspace, type WorkspaceOptions } from './workspace.ts';

const flow = (name: string, to = 'out') => `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: ${name} }
spec:
  consumers: [ { name: in, type: http, path: /a, to: ${to} } ]
  producers: [ { name: out, type: log } ]
`;
const about = (name: string) => `apiVersion: vrsky.io/v1
kind: Test
metadata: { name: t }
spec:
  flow: ${name}
  cases: [ { name: a, given: [ { payload: 1 } ], expect: { delivered: [ { to: out } ] } } ]
`;

const readFile = () => {
  throw new Error('there is no such file');
};

async function open(options: Partial<WorkspaceOptions> = {}) {
  const workspace = await Workspace.open({ root: '/', readFile, ...options });
  const told: Changes[] = [];
  const update = async () => {
    told.length = 0;
    await workspace.update((changes) => told.push(changes));
    return Object.fromEntries(
      told.flatMap((changes) => [...changes].map(([file, found]) => [file, found.map(({ code }) => code)])),
    );
  };
  return { workspace, told, update };
}

test('only files whose diagnostics are others than before are told of', async () => {
  const { workspace, update } = await open();
  workspace.set('a.yaml', flow('a', 'uot'));
  workspace.set('b.yaml', flow('b'));
  assert.deepEqual(await update(), { 'a.yaml': ['VRS3001'] });
  workspace.set('b.yaml', `${flow('b')}# the same\n`);
  assert.deepEqual(await update(), {});
  workspace.set('a.yaml', flow('a'));
  assert.deepEqual(await update(), { 'a.yaml': [] });
});

test('what files say about each other follows every change of either', async () => {
  const { workspace, update } = await open();
  workspace.set('a.yaml', flow('a'));
  workspace.set('t.test.yaml', about('b'));
  assert.deepEqual(await update(), { 't.test.yaml': ['VRS3101'] });
  workspace.set('b.yaml', flow('b'));
  assert.deepEqual(await update(), { 't.test.yaml': [] });
  workspace.set('b.yaml', flow('a'));
  assert.deepEqual(await update(), { 'b.yaml': ['VRS3006'], 't.test.yaml': ['VRS3101'] });
  workspace.remove('b.yaml');
  assert.deepEqual((await update())['b.yaml'], []);
});

test('while a file cannot be read, the names in it stay known', async () => {
  const { workspace, update } = await open();
  workspace.set('a.yaml', flow('a'));
  workspace.set('t.test.yaml', about('a'));
  assert.deepEqual(await update(), {});
  workspace.set('a.yaml', `${flow('a')}  steps: [\n`);
  assert.deepEqual(await update(), { 'a.yaml': ['VRS1001'] });
});

test('a check that fails is told where it failed, and the other files are checked', async () => {
  const real = await sourceChecker({ readFile });
  const checker: SourceChecker = {
    ...real,
    parse: (source) => {
      if (source.text.includes('boom')) throw new Error('boom');
      return real.parse(source);
    },
  };
  const { workspace, update } = await open({ checker });
  workspace.set('a.yaml', '# boom\n');
  workspace.set('b.yaml', flow('b', 'uot'));
  assert.deepEqual(await update(), { 'a.yaml': ['VRS9001'], 'b.yaml': ['VRS3001'] });
  assert.match(workspace.diagnostics('a.yaml')[0]?.message ?? '', /boom/);
  workspace.set('a.yaml', flow('a'));
  assert.deepEqual(await update(), { 'a.yaml': [] });
});

test('what somebody looks at is checked and told of before the rest', async () => {
  const { workspace, update, told } = await open();
  for (let index = 0; index < 300; index++) workspace.set(`${index}.yaml`, flow(`f${index}`, 'uot'));
  workspace.set('open.yaml', flow('open', 'uot'), true);
  await update();
  assert.equal(told[0]?.keys().next().value, 'open.yaml');
  assert.ok(told.length > 1, 'the first are not kept waiting for the last');
});

const variable = flow('v').replace('/a', '"${var:PATH}"');
const environment = (value: string) => `apiVersion: vrsky.io/v1
kind: Environment
metadata: { name: production }
spec:
  values: { ${value} }
  patches: [ { flow: v, spec: { producers: [ { name: out, message: "{{ $headres }}" } ] } } ]
`;

test('the environment that is chosen is laid over the flows, and again when it changes', async () => {
  const { workspace, update } = await open({ environment: 'production' });
  const codes = async () => {
    await update();
    return ['v.yaml', 'e.yaml'].map((file) => workspace.diagnostics(file).map(({ code }) => code));
  };
  workspace.set('v.yaml', variable);
  workspace.set('e.yaml', environment('PATH: /a'));
  assert.deepEqual(await codes(), [[], ['VRS4003']]);
  workspace.set('e.yaml', environment('OTHER: /a').replace('headres', 'headers.x'));
  assert.deepEqual(await codes(), [['VRS2008', 'VRS3401'], []]);
});

test('a file that goes while it is checked stays away', async () => {
  const { workspace, update } = await open();
  workspace.set('a.yaml', flow('a', 'uot'));
  const updated = update();
  workspace.remove('a.yaml');
  assert.deepEqual(await updated, {});
});
