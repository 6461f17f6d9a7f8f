import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { checkSources } from '../../engine/flow/check.ts';
import { builtinSchemas } from '../../engine/manifest/schema-set.ts';
import { FLOW_END, FLOW_START, MODELINE } from './manifest-text.ts';
import { type CompletionItem, YamlServer } from './yaml-server.ts';

const schemas = [...builtinSchemas().schemas];
const idsOf = (folder: string, role?: string) =>
  schemas
    .filter(
      ([id, { definitions }]) =>
        id.startsWith(`${folder}/`) && (role === undefined || role in Object(definitions)),
    )
    .map(([id]) => id.replace(/^.*\/(.*)\.schema\.json$/, '$1'))
    .toSorted();

describe('completion by the stock YAML language server', () => {
  let server: YamlServer;
  before(async () => {
    server = await YamlServer.start();
  });
  after(() => server.stop());

  const labels = async (text: string) => (await server.complete(text)).map(({ label }) => label);

  test('an empty file offers the fields of a manifest', async () => {
    const offered = await labels(`${MODELINE}¦`);
    for (const field of ['apiVersion', 'kind', 'metadata', 'spec']) assert.ok(offered.includes(field), field);
  });

  test('kind offers every kind and nothing else', async () => {
    const kinds = schemas.find(([id]) => id === 'vrsky.schema.json')?.[1].properties as {
      kind: { enum: string[] };
    };
    assert.deepEqual(await labels(`${MODELINE}apiVersion: vrsky.io/v1\nkind: ¦`), kinds.kind.enum);
  });

  test('type offers every step, every consumer and every producer, each in its place', async () => {
    assert.deepEqual(
      (await labels(`${FLOW_START}  steps:\n    - name: a\n      type: ¦\n`)).toSorted(),
      idsOf('steps'),
    );
    assert.deepEqual(
      (await labels(`${FLOW_START}    - name: a\n      type: ¦\n`)).toSorted(),
      idsOf('connectors', 'consumer'),
    );
    assert.deepEqual(
      (await labels(`${FLOW_START}  producers:\n    - name: a\n      type: ¦\n`)).toSorted(),
      idsOf('connectors', 'producer'),
    );
  });

  test('an entry offers the fields of its type that are not there yet', async () => {
    for (const [role, folder] of [
      ['step', 'steps'],
      ['consumer', 'connectors'],
      ['producer', 'connectors'],
    ] as const) {
      for (const type of idsOf(folder, folder === 'steps' ? undefined : role)) {
        const schema = builtinSchemas().schemas.get(`${folder}/${type}.schema.json`);
        const part = folder === 'steps' ? schema : Object(schema?.definitions)[role];
        const fields = Object.keys((part as { properties: object }).properties);
        const list = role === 'consumer' ? '' : `  ${role}s:\n`;
        const offered = await labels(`${FLOW_START}${list}    - name: a\n      type: ${type}\n      ¦\n`);
        const wanted = fields.filter((field) => field !== 'name' && field !== 'type');
        assert.deepEqual(
          wanted.filter((field) => !offered.includes(field)),
          [],
          `${type} ${role}`,
        );
        assert.ok(!offered.includes('name'), `${type} ${role} offers a second name`);
      }
    }
  });

  test('a field with a few values offers them, with what each means', async () => {
    const items = await server.complete(`${FLOW_START}  durability: ¦\n`);
    assert.deepEqual(items.map(({ label }) => label).toSorted(), ['durable', 'memory', 'standard']);
    const types = await server.complete(`${FLOW_START}  steps:\n    - name: a\n      type: ¦\n`);
    assert.match(shown(types.find(({ label }) => label === 'split')), /Turns one message into many/);
  });

  test('every snippet of a step makes a flow without mistakes', async () => {
    const items = await snippets(server, `${FLOW_START}  steps:\n    - ¦\n`);
    assert.deepEqual(
      items.map(({ label }) => label).toSorted(),
      idsOf('steps').map((id) => `new ${id}`),
    );
    for (const item of items) {
      const step = typed(item, '      ');
      await assertChecked(`${FLOW_START}  steps:\n    - ${step}\n${FLOW_END}`, item.label);
    }
  });

  test('every snippet of a connector makes a flow without mistakes, with and without the dash', async () => {
    for (const role of ['consumer', 'producer'] as const) {
      const wanted = idsOf('connectors', role).map((id) => `new ${id} ${role}`);
      const start =
        role === 'consumer'
          ? FLOW_START.replace(/consumers:.*/s, 'consumers:\n')
          : `${FLOW_START}  producers:\n`;
      const end = role === 'consumer' ? FLOW_END : '';
      for (const dash of ['- ', '']) {
        const items = await snippets(server, `${start}    ${dash}¦\n`);
        assert.deepEqual(items.map(({ label }) => label).toSorted(), wanted);
        for (const item of items) {
          const indent = dash === '' ? '    ' : '      ';
          await assertChecked(`${start}    ${dash}${typed(item, indent)}\n${end}`, item.label);
        }
      }
    }
  });
});

async function snippets(server: YamlServer, text: string): Promise<readonly CompletionItem[]> {
  return (await server.complete(text)).filter(({ label }) => label.startsWith('new '));
}

/** The text an editor inserts when every placeholder is left as it is: later lines get the indentation of the line it stands in. */
function typed(item: CompletionItem, indent: string): string {
  const text = item.textEdit?.newText ?? item.insertText ?? '';
  const filled = text.replaceAll(/\$\{\d+:((?:\\.|[^\\}])*)\}/g, '$1').replaceAll(/\\([\\$}])/g, '$1');
  // The server indents by two below the dash itself.
  const base = indent.length > 4 ? indent.slice(2) : indent;
  return filled.replaceAll('\n', `\n${base}`);
}

async function assertChecked(text: string, what: string): Promise<void> {
  const { diagnostics } = await checkSources([{ file: 'snippet.vrsky.yaml', text }]);
  const messages = diagnostics.map(({ code, message }) => `${code} ${message}`);
  assert.deepEqual(messages, [], `${what}:\n${text}`);
}

function shown(item: CompletionItem | undefined): string {
  const { documentation = '' } = item ?? {};
  return typeof documentation === 'string' ? documentation : documentation.value;
}
