// Every link between pages leads somewhere: files exist, headings too; so do the pages that sources name.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';

const root = path.resolve(import.meta.dirname, '..');
const exclude = ['node_modules/**', 'dist/**', '**/testdata/**'];
const find = (patterns: string[]) => globSync(patterns, { cwd: root, exclude }).toSorted();
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const pages = find(['*.md', '{bin,connectors,deploy,docs,engine,flows,schemas}/**/*.md']);

/** What is inside fences and back ticks is no link. */
function prose(page: string): string {
  return read(page)
    .replace(/^```.*?^```$/gms, '')
    .replace(/`[^`\n]*`/g, '');
}

function linksOf(page: string): readonly string[] {
  const links = [...prose(page).matchAll(/\]\(\s*<?([^)\s>]+)>?[^)]*\)/g)].map((match) => match[1] as string);
  return links.filter((link) => !/^[a-z]+:/.test(link));
}

/** As GitHub makes them. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = [
    ...read(page)
      .replace(/^```.*?^```$/gms, '')
      .matchAll(/^#+ (.+)$/gm),
  ];
  return new Set(
    headings.map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  );
}

suite('links', () => {
  assert.ok(pages.includes('README.md') && pages.length > 50);
  for (const page of pages) {
    const links = linksOf(page);
    if (links.length === 0) continue;
    test(`${page}: ${links.length} lead somewhere`, () => {
      for (const link of links) {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? page : path.join(path.dirname(page), decodeURI(file));
        assert.ok(existsSync(path.join(root, target)), `${link}: there is no ${target}`);
        if (anchor === undefined || statSync(path.join(root, target)).isDirectory()) continue;
        assert.ok(anchorsOf(target).has(anchor), `${link}: ${target} has no such heading`);
      }
    });
  }
});

test('decisions are numbered without a gap', () => {
  const numbers = find(['docs/adr/*.md']).map((file) => Number(path.basename(file).slice(0, 4)));
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index + 1),
  );
});
