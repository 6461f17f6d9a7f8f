import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { MODELINE } from './manifest-text.ts';
import { YamlServer } from './yaml-server.ts';

const root = path.resolve(import.meta.dirname, '../..');
const broken = path.join(import.meta.dirname, 'testdata/broken');

/** With VRSKY_UPDATE_GOLDEN=1 the answers are written instead of compared: read them before you commit them. */
const isUpdating = process.env.VRSKY_UPDATE_GOLDEN === '1';

describe('diagnostics by the stock YAML language server', () => {
  let server: YamlServer;
  before(async () => {
    server = await YamlServer.start();
  });
  after(() => server.stop());

  const linesOf = async (text: string) =>
    (await server.diagnose(text))
      .map(({ range: { start, end }, message }) => {
        const at = `${start.line + 1}:${start.character + 1}`;
        const to = start.line === end.line ? `${end.character + 1}` : `${end.line + 1}:${end.character + 1}`;
        return `${at}-${to} ${message}`;
      })
      .join('\n');

  for (const file of readdirSync(broken).filter((name) => name.endsWith('.yaml'))) {
    test(`${path.basename(file, '.yaml').replaceAll('-', ' ')}: exactly this is said, exactly there`, async () => {
      const found = await linesOf(readFileSync(path.join(broken, file), 'utf8'));
      const golden = path.join(broken, file.replace(/yaml$/, 'txt'));
      if (isUpdating) writeFileSync(golden, `${found}\n`);
      assert.ok(existsSync(golden), `${golden} is missing`);
      assert.equal(`${found}\n`, readFileSync(golden, 'utf8'));
    });
  }

  test('nothing is said about flows without mistakes', async () => {
    for (const file of globSync('flows/**/*.vrsky.yaml', { cwd: root })) {
      assert.equal(await linesOf(readFileSync(path.join(root, file), 'utf8')), '', file);
    }
  });

  test('nothing is said about the examples of the reference', async () => {
    const page = readFileSync(path.join(root, 'docs/reference/manifest.md'), 'utf8');
    const flows = [...page.matchAll(/```yaml\n(apiVersion:.*?)```/gs)].map(([, text]) => String(text));
    assert.ok(flows.length > 0);
    for (const text of flows) assert.equal(await linesOf(MODELINE + text), '', text);
  });
});
