import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { builtinSchemas, type JsonSchema } from '../../engine/manifest/schema-set.ts';
import { MODELINE } from './manifest-text.ts';
import { type EditorDiagnostic, YamlServer } from './yaml-server.ts';

const root = path.resolve(import.meta.dirname, '../..');
const broken = path.join(import.meta.dirname, 'testdata/broken');

/** With VRSKY_UPDATE_GOLDEN=1 the answers are written instead of compared: read them before you commit them. */
const isUpdating = process.env.VRSKY_UPDATE_GOLDEN === '1';

const files = readdirSync(broken).filter((name) => name.endsWith('.yaml'));

/** Lists of types grow: a golden file names them, the schemas spell them out. */
const lists: readonly (readonly [name: string, values: string])[] = (() => {
  const flow = builtinSchemas().schemas.get('flow.schema.json') as JsonSchema;
  const root = builtinSchemas().schemas.get('vrsky.schema.json') as JsonSchema;
  const typesOf = (role: string) => Object(flow.definitions)[role].properties.type.enum as readonly string[];
  const spelt = (values: readonly string[]) => values.map((value) => JSON.stringify(value)).join(', ');
  return [
    ...['consumer', 'step', 'producer'].map((role) => [`<${role} types>`, spelt(typesOf(role))] as const),
    ['<kinds>', spelt(Object(root.properties).kind.enum)],
  ];
})();

describe('diagnostics by the stock YAML language server', () => {
  let server: YamlServer;
  /** What is said, by text. */
  const said = new Map<string, string>();
  const examples = referenceFlows();
  const sound = globSync('flows/**/*.vrsky.yaml', { cwd: root }).map((file) =>
    readFileSync(path.join(root, file), 'utf8'),
  );
  const mistaken = files.map((file) => readFileSync(path.join(broken, file), 'utf8'));

  // All at once: the server waits a little before it looks at a text.
  before(async () => {
    server = await YamlServer.start();
    const texts = [...mistaken, ...sound, ...examples];
    const answers = await Promise.all(texts.map((text) => server.diagnose(text)));
    for (const [index, text] of texts.entries()) said.set(text, linesOf(answers[index] ?? []));
  });
  after(() => server.stop());

  for (const [index, file] of files.entries()) {
    test(`${path.basename(file, '.yaml').replaceAll('-', ' ')}: exactly this is said, exactly there`, () => {
      const found = `${said.get(mistaken[index] as string)}\n`;
      const golden = path.join(broken, file.replace(/yaml$/, 'txt'));
      if (isUpdating) writeFileSync(golden, found);
      assert.ok(existsSync(golden), `${golden} is missing`);
      assert.notEqual(found, '\n');
      assert.equal(found, readFileSync(golden, 'utf8'));
    });
  }

  test('there are forty broken manifests and more', () => assert.ok(files.length >= 40));

  test('nothing is said about flows without mistakes', () => {
    assert.ok(sound.length > 0);
    assert.deepEqual(
      sound.map((text) => said.get(text)),
      sound.map(() => ''),
    );
  });

  test('nothing is said about the examples of the reference', () => {
    assert.ok(examples.length > 0);
    assert.deepEqual(
      examples.map((text) => said.get(text)),
      examples.map(() => ''),
    );
  });
});

function linesOf(diagnostics: readonly EditorDiagnostic[]): string {
  const lines = diagnostics.map(({ range: { start, end }, message }) => {
    const at = `${start.line + 1}:${start.character + 1}`;
    const to = start.line === end.line ? `${end.character + 1}` : `${end.line + 1}:${end.character + 1}`;
    return `${at}-${to} ${message}`;
  });
  return lists.reduce((text, [name, values]) => text.replaceAll(values, name), lines.join('\n'));
}

function referenceFlows(): readonly string[] {
  const page = readFileSync(path.join(root, 'docs/reference/manifest.md'), 'utf8');
  return [...page.matchAll(/```yaml\n(apiVersion:.*?)```/gs)].map(([, text]) => MODELINE + String(text));
}
