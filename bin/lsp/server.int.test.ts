// Drives vrsky lsp over stdio in a workspace of real files, as an editor does.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { atMark, type CompletionItem, LanguageServer } from '../editor/language-server.ts';

const cli = path.resolve(import.meta.dirname, '../vrsky.ts');
const order =
  '{ "id": "A", "customer": { "name": "N" }, "lines": [ { "sku": "x", "price": 2, "quantity": 3 } ] }';

const flow = (name: string, steps: string) => `apiVersion: vrsky.io/v1
kind: Flow
metadata:
  name: ${name}
spec:
  consumers:
    - { name: inbox, type: file, directory: ./in, sample: ./order.json }
  steps:
${steps}
  producers:
    - { name: norway, type: log }
    - { name: world, type: log }
`;
const route = (to: string) => `    - name: by-country
      type: route
      routes: [ { when: id = "A", to: ${to} } ]
      otherwise: world`;

describe('vrsky lsp over stdio', () => {
  let directory: string;
  let server: LanguageServer;
  let lastFile = 0;
  const uriOf = (file: string) => pathToFileURL(path.join(directory, file)).href;

  before(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'vrsky-lsp-'));
    mkdirSync(path.join(directory, 'golden'));
    writeFileSync(path.join(directory, 'order.json'), order);
    writeFileSync(path.join(directory, 'golden/a.json'), '{}');
    writeFileSync(path.join(directory, 'disk.yaml'), flow('on-disk', route('norway')));
    writeFileSync(path.join(directory, 'broken.vrsky.yaml'), flow('broken', route('norwya')));
    writeFileSync(path.join(directory, 'compose.yaml'), 'services: { db: { image: x } }\n');
    server = new LanguageServer([cli, 'lsp', '--stdio']);
    const found = server.published(uriOf('broken.vrsky.yaml'));
    await server.initialize(uriOf(''));
    await found;
  });
  after(async () => {
    await server.stop();
    rmSync(directory, { recursive: true });
  });

  /** What the server says of a mistaken buffer that was never saved: `line:column code message`, positions from 1. */
  async function diagnose(text: string, file = `new-${++lastFile}.vrsky.yaml`): Promise<readonly string[]> {
    const published = server.published(uriOf(file), (found) => found.length > 0);
    server.open(uriOf(file), text);
    const found = await published;
    server.close(uriOf(file));
    return found.map(
      ({ range: { start }, code, message }) =>
        `${start.line + 1}:${start.character + 1} ${code} ${message.split('\n')[0]}`,
    );
  }

  async function ask(
    method: string,
    marked: string,
    file = `new-${++lastFile}.vrsky.yaml`,
  ): Promise<unknown> {
    const { text, position } = atMark(marked);
    server.open(uriOf(file), text);
    const answer = await server.request(method, {
      textDocument: { uri: uriOf(file) },
      position,
      range: { start: position, end: position },
      context: { diagnostics: [] },
    });
    server.close(uriOf(file));
    return answer;
  }

  const labels = async (marked: string) =>
    ((await ask('textDocument/completion', marked)) as readonly CompletionItem[]).map(({ label }) => label);

  test('unknown targets, functions and variables are marked where they stand, in a buffer that was never saved', async () => {
    const step = (text: string) => `    - name: a\n      type: map\n      expression: |\n        ${text}`;
    assert.deepEqual(await diagnose(flow('t1', route('norwya'))), [
      '11:39 VRS3001 There is no step or producer `norwya` in this flow; did you mean `norway`?',
    ]);
    assert.deepEqual(await diagnose(flow('t2', step('$uppercas(id)'))), [
      '12:9 VRS4002 There is no function $uppercas',
    ]);
    assert.deepEqual(await diagnose(flow('t3', step('id & $hedaers.x'))), [
      '12:14 VRS4003 Nothing is called $hedaers: it is always nothing',
    ]);
    assert.match(String(await diagnose(flow('t4', step('$sum(lines.(price * ))')))), /^12:2\d VRS4001 /);
    assert.match(String(await diagnose(flow('t5', step('lines.prize')))), /^12:15 VRS4020 .*`prize`/);
  });

  test('unknown connectors and cycles are marked', async () => {
    assert.match(
      String(await diagnose(flow('t6', route('norway')).replace('type: log', 'type: lgo'))),
      /VRS2007/,
    );
    const cycle =
      '    - { name: a, type: map, expression: id, to: b }\n    - { name: b, type: map, expression: id, to: a }';
    assert.match(String(await diagnose(flow('t7', cycle))), /VRS3002/);
  });

  test('a name that another file of the workspace has is marked, with that file', async () => {
    assert.deepEqual(await diagnose(flow('on-disk', route('norway')), 'zz.vrsky.yaml'), [
      '4:9 VRS3006 There is a flow `on-disk` already',
    ]);
  });

  test('what a buffer says counts instead of the file, until it is closed', async () => {
    const uri = uriOf('broken.vrsky.yaml');
    const mended = server.published(uri, (found) => found.length === 0);
    server.open(uri, flow('broken', route('norway')));
    assert.deepEqual(await mended, []);
    const broken = server.published(uri, (found) => found.length === 1);
    server.close(uri);
    assert.equal((await broken)[0]?.code, 'VRS3001');
  });

  test('typing changes a part of the buffer', async () => {
    const uri = uriOf('typed.vrsky.yaml');
    const wrong = server.published(uri);
    server.open(uri, flow('typed', route('norwya')));
    const { range } = (await wrong)[0] as { range: object };
    const right = server.published(uri, (found) => found.length === 0);
    server.notify('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ range, text: 'norway' }],
    });
    assert.deepEqual(await right, []);
    server.close(uri);
  });

  test('a file that changes on disk is read again, and a sample with the flows that name it', async () => {
    const uri = uriOf('disk.yaml');
    const changed = (file: string) =>
      server.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf(file), type: 2 }] });
    const wrong = server.published(uri);
    writeFileSync(path.join(directory, 'disk.yaml'), flow('on-disk', route('norwya')));
    changed('disk.yaml');
    assert.equal((await wrong)[0]?.code, 'VRS3001');
    const right = server.published(uri, (found) => found.length === 0);
    writeFileSync(path.join(directory, 'disk.yaml'), flow('on-disk', route('norway')));
    changed('disk.yaml');
    await right;
    const dead = server.published(uri, (found) => found.length === 1);
    writeFileSync(path.join(directory, 'order.json'), order.replace('"id"', '"no"'));
    changed('order.json');
    assert.equal((await dead)[0]?.code, 'VRS4020');
    const alive = server.published(uri, (found) => found.length === 0);
    writeFileSync(path.join(directory, 'order.json'), order);
    changed('order.json');
    await alive;
  });

  test('a sample counts as it is in the editor, until it is closed', async () => {
    const uri = uriOf('disk.yaml');
    const dead = server.published(uri, (found) => found.length === 1);
    server.open(uriOf('order.json'), order.replace('"id"', '"no"'));
    assert.equal((await dead)[0]?.code, 'VRS4020');
    const alive = server.published(uri, (found) => found.length === 0);
    server.close(uriOf('order.json'));
    await alive;
  });

  test('a flow that is too large for a stream is marked at its name, and no longer when it is not', async () => {
    const durable = (count: number) =>
      Array.from(
        { length: count },
        (_, index) => `    - { name: s${index}, type: map, expression: id, durable: true }`,
      ).join('\n');
    const uri = uriOf('large.vrsky.yaml');
    const large = server.published(uri, (found) => found.length > 0);
    server.open(uri, flow('large', durable(220)).replace(', sample: ./order.json', ''));
    const [problem] = await large;
    assert.deepEqual([problem?.code, problem?.range.start], ['VRS5002', { line: 3, character: 8 }]);
    assert.match(String(problem?.message), /compiles to 22\d stages/);
    const small = server.published(uri, (found) => found.length === 0);
    server.notify('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: flow('large', durable(2)).replace(', sample: ./order.json', '') }],
    });
    await small;
    server.close(uri);
  });

  test('targets, functions, variables and fields are offered', async () => {
    assert.deepEqual(await labels(flow('c1', route('nor¦'))), ['norway', 'world']);
    const filter = (when: string) => flow('c2', `    - name: a\n      type: filter\n      when: ${when}`);
    assert.ok((await labels(filter('$upp¦'))).includes('$uppercase'));
    assert.ok((await labels(filter('$¦'))).includes('$headers'));
    assert.deepEqual(await labels(filter('customer.¦')), ['name']);
    assert.deepEqual(await labels(filter('$sum(lines.(price * lines.¦')), []);
    assert.deepEqual((await labels(filter('$sum(lines.(¦'))).slice(0, 3), ['sku', 'price', 'quantity']);
  });

  test('a hover shows a function, and what a step compiles to', async () => {
    const shown = async (marked: string) =>
      ((await ask('textDocument/hover', marked)) as { contents: { value: string } } | null)?.contents.value;
    const step = '    - name: shout\n      type: map\n      expression: |\n        $upper¦case(id)';
    assert.match(String(await shown(flow('h1', step))), /\$uppercase\(text\)[\s\S]*in upper case/);
    const named = await shown(flow('h2', route('norway').replace('by-country', 'by-¦country')));
    assert.match(String(named), /step `by-country`[\s\S]*subject `flow\.h2\.by-country`/);
    assert.equal(await shown(flow('h3', route('norway')).replace('kind', 'ki¦nd')), undefined);
  });

  test('a definition leads to the node, the flow and the file that is named', async () => {
    const at = async (marked: string) => {
      const found = (await ask('textDocument/definition', marked)) as {
        uri: string;
        range: { start: { line: number } };
      };
      return [path.basename(found.uri), found.range.start.line + 1];
    };
    const [, line] = await at(flow('d1', route('nor¦way')));
    assert.equal(line, 14);
    assert.deepEqual(await at(flow('d2', route('norway')).replace('./order', './or¦der')), ['order.json', 1]);
    const tests = `apiVersion: vrsky.io/v1\nkind: Test\nmetadata: { name: t }\nspec:\n  flow: on-¦disk\n  cases:\n    - name: a\n      given: [ { payload: 1 } ]\n      expect: { delivered: [ { to: norway, golden: golden/a.json } ] }\n`;
    assert.deepEqual(await at(tests), ['disk.yaml', 4]);
    const other = tests.replace('¦', '');
    assert.deepEqual(await at(other.replace('to: nor', 'to: nor¦')), ['disk.yaml', 14]);
    assert.deepEqual(await at(other.replace('golden/a', 'golden/¦a')), ['a.json', 1]);
  });

  test('mistakes come with what mends them, and an expression can move into a block', async () => {
    const fixes = async (marked: string) =>
      (
        (await ask('textDocument/codeAction', marked)) as {
          title: string;
          kind: string;
          edit: { changes: object };
        }[]
      ).map(({ title, kind, edit }) => [title, kind, Object.values(edit.changes).flat()[0].newText]);
    assert.deepEqual(await fixes(flow('f1', route('norw¦ya'))), [['Write `norway`', 'quickfix', 'norway']]);
    const filter = (when: string) => flow('f2', `    - name: a\n      type: filter\n      when: ${when}`);
    assert.deepEqual(await fixes(filter('$uppe¦case(id) = "A"')), [
      ['Write `$uppercase`', 'quickfix', '$uppercase'],
    ]);
    assert.deepEqual(await fixes(filter('{ "a¦": id }')), [
      ['Write it as a block scalar', 'quickfix', '|\n        { "a": id }'],
    ]);
    assert.deepEqual(await fixes(filter('id ¦= "A"')), [
      ['Write it as a block scalar', 'refactor.rewrite', '|\n        id = "A"'],
    ]);
  });

  test('files of other tools are left alone', async () => {
    assert.equal(await ask('textDocument/hover', 'services: { d¦b: { image: x } }\n', 'compose.yaml'), null);
  });

  test('nothing that a buffer may hold ends the server', async () => {
    const texts = [
      '\0\uE000',
      `apiVersion: vrsky.io/v1\n${'a: &a [*a]\n'.repeat(50)}`,
      `apiVersion: vrsky.io/v1\n${'['.repeat(5000)}`,
      `apiVersion: vrsky.io/v1\nkind: Flow\nspec: { steps: [ { name: ${'x'.repeat(200_000)} } ] }`,
      `apiVersion: vrsky.io/v1\nkind: Flow\nspec:\n  steps:\n    - when: ${'('.repeat(3000)}`,
      'apiVersion: vrsky.io/v1\nkind: 5\nmetadata: []\nspec: null\n',
    ];
    for (const text of texts) {
      const file = `hostile-${++lastFile}.vrsky.yaml`;
      server.open(uriOf(file), text);
      for (const method of ['completion', 'hover', 'definition'])
        await server.request(`textDocument/${method}`, {
          textDocument: { uri: uriOf(file) },
          position: { line: text.split('\n').length - 1, character: text.split('\n').at(-1)?.length ?? 0 },
        });
      server.close(uriOf(file));
    }
    assert.match(String(await diagnose(flow('alive', route('norwya')))), /VRS3001/);
  });
});
