// Follows getting-started.md word by word: runs its commands, saves its files, compares its outputs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');
const page = readFileSync(path.join(import.meta.dirname, 'getting-started.md'), 'utf8');

interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
  /** The file that the words before it say to save it as. */
  readonly file: string | undefined;
}

const blocks: readonly Block[] = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((match) => {
  const before = page.slice(0, match.index);
  const paragraph = before.trimEnd().split('\n\n').at(-1) ?? '';
  return {
    language: String(match[1]),
    text: String(match[2]),
    line: before.split('\n').length,
    file: /Save (?:it|this) as `([^`]+)`/.exec(paragraph)?.[1],
  };
});

suite('getting started, followed literally', () => {
  let directory: string;
  let workingDirectory: string;
  let output = '';

  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'vrsky-guide-'));
    workingDirectory = directory;
    const bin = path.join(directory, '.bin');
    mkdirSync(bin);
    const command = `#!/bin/sh\nexec "${process.execPath}" "${path.join(root, 'bin/vrsky.ts')}" "$@"\n`;
    writeFileSync(path.join(bin, 'vrsky'), command);
    chmodSync(path.join(bin, 'vrsky'), 0o755);
  });
  after(() => rmSync(directory, { recursive: true }));

  /** Runs commands as somebody would type them: each in the folder where the one before ended, stopping at the first that fails. */
  const run = (commands: string) => {
    const PATH = `${path.join(directory, '.bin')}:${process.env.PATH}`;
    const { status, stdout, stderr } = spawnSync('sh', ['-ec', `{\n${commands}} 2>&1\npwd >&2`], {
      cwd: workingDirectory,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', PATH },
    });
    if (status === 0) workingDirectory = stderr.trim();
    return { status, stdout };
  };

  for (const { language, text, line, file } of blocks) {
    if (language === 'sh') {
      test(`line ${line}: ${text.trim().replaceAll('\n', ' && ')}`, () => {
        const { status, stdout } = run(text);
        output = stdout;
        assert.equal(status, 0, stdout);
      });
    } else if (language === 'text') {
      test(`line ${line}: the output is what the page shows`, () => {
        let rest = output;
        for (const wanted of text.trimEnd().split('\n')) {
          assert.ok(
            rest.includes(wanted),
            `there is no \`${wanted}\` in what is left of the output:\n${rest}`,
          );
          rest = rest.slice(rest.indexOf(wanted) + wanted.length);
        }
      });
    } else {
      test(`line ${line}: ${file} is saved`, () => {
        assert.ok(file !== undefined, 'the words before say what to save it as');
        writeFileSync(path.join(workingDirectory, file), text);
      });
    }
  }
});
