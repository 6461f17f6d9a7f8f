import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { readSources } from './read-sources.ts';

const root = mkdtempSync(path.join(tmpdir(), 'vrsky-read-'));
after(() => rmSync(root, { recursive: true }));

/** A fresh directory with these files; names that end in `/` are directories. */
function directory(files: Readonly<Record<string, string>>): string {
  const made = mkdtempSync(path.join(root, 'd-'));
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(made, name);
    mkdirSync(name.endsWith('/') ? file : path.dirname(file), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(file, text);
  }
  return made;
}

function read(workingDirectory: string, ...paths: readonly string[]) {
  const { sources, diagnostics } = readSources(paths, {
    workingDirectory,
    stdin: () => Buffer.from('from: stdin'),
  });
  return {
    files: sources.map((source) => source.file),
    texts: sources.map((source) => source.text),
    found: diagnostics.map(({ code, file }) => `${file} ${code}`),
  };
}

test('files keep the names that the user gave them', () => {
  const made = directory({ 'a.yaml': 'a', 'flows/b.yml': 'b' });
  assert.deepEqual(read(made, './a.yaml', 'flows').files, ['a.yaml', 'flows/b.yml']);
  assert.deepEqual(read(made, path.join(made, 'a.yaml')).files, [path.join(made, 'a.yaml')]);
});

test('directories are read to the bottom, without tests, dot names, node_modules and other files', () => {
  const made = directory({
    'b.yaml': '',
    'a/z.yml': '',
    'a/deep/er/x.vrsky.yaml': '',
    'a.test.yaml': '',
    '.hidden/a.yaml': '',
    '.dot.yaml': '',
    'node_modules/x/a.yaml': '',
    'README.md': '',
    'folder.yaml/inner.yaml': '',
  });
  assert.deepEqual(read(made, '.').files, [
    'a/deep/er/x.vrsky.yaml',
    'a/z.yml',
    'b.yaml',
    'folder.yaml/inner.yaml',
  ]);
});

test('a file given by name is read whatever it is called', () => {
  assert.deepEqual(
    read(directory({ 'flow.test.yaml': 'x', 'flow.txt': 'y' }), 'flow.test.yaml', 'flow.txt').texts,
    ['x', 'y'],
  );
});

test('a file is read once, however often it is named', () => {
  const made = directory({ 'a.yaml': 'a' });
  assert.deepEqual(read(made, 'a.yaml', '.', './a.yaml').files, ['a.yaml']);
});

test('- is standard input', () => {
  assert.deepEqual(read(root, '-'), { files: ['<stdin>'], texts: ['from: stdin'], found: [] });
});

test('what is not there, empty or not a file is reported', () => {
  const made = directory({ 'empty/': '', 'only/readme.md': '' });
  assert.deepEqual(read(made, 'nowhere', 'empty', 'only').found, [
    'nowhere VRS1010',
    'empty VRS1012',
    'only VRS1012',
  ]);
  assert.deepEqual(read(made, '/dev/null').found, ['/dev/null VRS1009']);
});

test('links are followed, loops of links and dead links are reported', () => {
  const made = directory({ 'real/a.yaml': 'a' });
  symlinkSync('real', path.join(made, 'again'));
  symlinkSync('.', path.join(made, 'self'));
  symlinkSync('loop.yaml', path.join(made, 'loop.yaml'));
  symlinkSync('gone.yaml', path.join(made, 'dead.yaml'));
  symlinkSync('gone', path.join(made, 'dead-but-no-manifest'));
  const { files, found } = read(made, '.');
  assert.deepEqual(files, ['again/a.yaml']);
  assert.deepEqual(found, ['dead.yaml VRS1010', 'loop.yaml VRS1011', 'self VRS1011']);
});

test('many links to the same directories do not multiply the work', () => {
  const made = directory({ 'd0/a.yaml': 'a' });
  for (let level = 1; level <= 20; level++) {
    mkdirSync(path.join(made, `d${level}`));
    for (const side of ['left', 'right']) symlinkSync(`../d${level - 1}`, path.join(made, `d${level}`, side));
  }
  const begin = performance.now();
  assert.deepEqual(read(made, 'd20').files.length, 1);
  assert.ok(performance.now() - begin < 30_000);
});

test('a file that may not be read is reported', (t) => {
  if (process.getuid?.() === 0) return t.skip('root may read everything');
  const made = directory({ 'secret.yaml': 'x' });
  chmodSync(path.join(made, 'secret.yaml'), 0);
  assert.deepEqual(read(made, '.').found, ['secret.yaml VRS1009']);
});

test('a file over the limit is not even opened', () => {
  const made = directory({ 'big.yaml': 'x'.repeat(100) });
  const { sources, diagnostics } = readSources(['.'], { workingDirectory: made, maxBytes: 99 });
  assert.deepEqual(sources, []);
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['VRS1005'],
  );
});
