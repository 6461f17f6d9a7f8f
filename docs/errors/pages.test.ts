// Every code has its page and every page its code; examples do what their page says.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import type { Diagnostic } from '../../engine/diagnostics/diagnostic.ts';
import { codeEntry, codes } from '../../engine/diagnostics/registry.ts';
import { checkSources } from '../../engine/flow/check.ts';
import { decodeSource } from '../../engine/manifest/decode-source.ts';
import type { Source } from '../../engine/manifest/source.ts';

const pages = readdirSync(import.meta.dirname)
  .filter((file) => /^VRS\d{4}\.md$/.test(file))
  .map((file) => path.basename(file, '.md'))
  .toSorted();

function read(code: string): string {
  return readFileSync(path.join(import.meta.dirname, `${code}.md`), 'utf8');
}

/** The fenced block of a section with the words after the fence. */
function block(page: string, title: string): { readonly kind: string; readonly text: string } | undefined {
  const match = new RegExp(`^## ${title}\\n\\n\`\`\`(.*)\\n([^]*?)^\`\`\`$`, 'm').exec(page);
  return match === null ? undefined : { kind: match[1] ?? '', text: match[2] ?? '' };
}

/** All diagnostics of an example, its variables not set. */
async function check({
  kind,
  text,
}: {
  readonly kind: string;
  readonly text: string;
}): Promise<readonly Diagnostic[]> {
  if (kind === 'json bytes') {
    const { value, diagnostics } = decodeSource(
      'example.yaml',
      Buffer.from(JSON.parse(text) as string, 'latin1'),
    );
    return value === undefined ? diagnostics : checkAll([value]);
  }
  if (kind === 'yaml files') return checkAll(text.split(/^(?=# file: )/m).map(namedFile));
  assert.equal(kind, 'yaml');
  return checkAll([{ file: 'example.yaml', text }]);
}

function namedFile(text: string): Source {
  return { file: /^# file: (.+)$/m.exec(text)?.[1] ?? '', text };
}

async function checkAll(sources: readonly Source[]): Promise<readonly Diagnostic[]> {
  return (await checkSources(sources, { env: () => undefined })).diagnostics;
}

test('every code has a page, every page a code', () => {
  assert.deepEqual(pages, Object.keys(codes).toSorted());
});

for (const code of pages) {
  suite(code, () => {
    const page = read(code);

    test('the title is that of the registry', () => {
      assert.equal(page.split('\n')[0], `# ${code}: ${codeEntry(code)?.title}`);
    });

    test('it has a cause, and either examples or what it looks like and what to do', () => {
      assert.match(page, /^## Cause\n\n\S/m);
      const isShown = block(page, 'Bad example') !== undefined;
      assert.equal(block(page, 'Good example') !== undefined, isShown);
      assert.equal(block(page, 'What it looks like')?.kind, isShown ? undefined : 'text');
      assert.equal(/^## What to do\n\n\S/m.test(page), !isShown);
    });

    const bad = block(page, 'Bad example');
    const good = block(page, 'Good example');
    if (bad === undefined || good === undefined) return;

    test('the bad example gives this code and no other', async () => {
      assert.deepEqual([...new Set((await check(bad)).map((diagnostic) => diagnostic.code))], [code]);
    });

    test('the good example gives nothing', async () => {
      assert.deepEqual(await check(good), []);
    });
  });
}
