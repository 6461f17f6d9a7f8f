// Follows testing-flows.md: runs its commands and compares what they print with what the page shows.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(import.meta.dirname, 'testing-flows.md'), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({
  language,
  text: text ?? '',
}));

suite('the guide to tests, followed', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'vrsky-tests-'));
    cpSync(path.join(root, 'flows'), path.join(directory, 'flows'), { recursive: true });
  });
  after(() => rmSync(directory, { recursive: true }));

  function vrsky(args: string) {
    const { status, stdout } = spawnSync(
      process.execPath,
      [path.join(root, 'bin/vrsky.ts'), ...args.split(' ')],
      {
        cwd: directory,
        encoding: 'utf8',
        env: { ...process.env, NO_COLOR: '1' },
      },
    );
    return { status, stdout: stdout.replaceAll(/ \(\d+ ms\)$/gm, '') };
  }

  for (const [index, { language, text }] of blocks.entries()) {
    if (language !== 'sh') continue;
    test(`${text.trim()} prints what the page shows`, () => {
      const { status, stdout } = vrsky(
        text
          .trim()
          .replace(/^vrsky /, '')
          .replace(/ > .*$/, ''),
      );
      assert.equal(status, 0, stdout);
      const shown = blocks[index + 1];
      if (shown?.language === 'text') assert.ok(stdout.includes(shown.text), stdout);
      else assert.match(stdout, /<testsuites name="vrsky test" tests="18" failures="0"/);
    });
  }

  test('a wrong label is reported as the page shows', () => {
    const file = path.join(directory, 'flows/price-watch.vrsky.yaml');
    const flow = readFileSync(file, 'utf8');
    writeFileSync(file, flow.replace('" EUR"', '" USD"'));
    const { status, stdout } = vrsky('test flows/price-watch.test.yaml');
    writeFileSync(file, flow);
    assert.equal(status, 1);
    const report = blocks.find(({ text }) => text.includes('✗'))?.text ?? '';
    assert.ok(stdout.includes(report), stdout);
  });
});
