// Follows gitops.md from the empty repository on: its commands in their order, against a real server, and what the page says they print.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { withServer } from '../engine/devserver/test-server.ts';

const root = path.resolve(import.meta.dirname, '..');
const page = readFileSync(path.join(import.meta.dirname, 'gitops.md'), 'utf8');

interface Block {
  readonly language: string;
  readonly text: string;
  /** The last thing said before it: a file name in backquotes, for a file. */
  readonly file: string | undefined;
}

const blocks = [...page.matchAll(/([^\n]*)\n\n```([\w ]+)\n(.*?)^```$/gms)].map(
  ([, before = '', language = '', text = '']): Block => ({
    language,
    text,
    file: /`([^`]+\.yaml)`:$/.exec(before)?.[1],
  }),
);

const missing = ['git', 'ssh-keygen', 'bash'].filter(
  (program) => spawnSync('/bin/sh', ['-c', `command -v ${program}`]).status !== 0,
);
const skip = missing.length === 0 ? false : `${missing.join(' and ')} not installed here`;

/** A folder with `vrsky` on the PATH and an identity for git. */
function setUp(t: TestContext, url: string) {
  const directory = mkdtempSync(path.join(tmpdir(), 'vrsky-gitops-'));
  t.after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  const bin = path.join(directory, '.bin');
  mkdirSync(bin);
  const shim = `#!/bin/sh\nexec '${process.execPath}' '${path.join(root, 'bin/vrsky.ts')}' "$@"\n`;
  writeFileSync(path.join(bin, 'vrsky'), shim);
  chmodSync(path.join(bin, 'vrsky'), 0o755);
  const env = {
    ...process.env,
    PATH: `${bin}:${process.env.PATH}`,
    HOME: directory,
    NO_COLOR: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
    GIT_COMMITTER_NAME: 'Ada',
    GIT_COMMITTER_EMAIL: 'ada@example.com',
    VRSKY_SERVER: url,
  };
  return { directory, env };
}

/** The server of the test instead of the reader's, a port that is free instead of the one in the page. */
function here(text: string): string {
  return text.replace(/^export VRSKY_SERVER=.*$/m, ':').replace('127.0.0.1:9000', '127.0.0.1:0');
}

function untilSaid(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (said.includes(words)) resolve();
    });
    child.once('exit', () => reject(new Error(`it ended: ${said}`)));
  });
}

test('every command of the page does what the page says', { skip, timeout: 300_000 }, async (t) => {
  const { url } = await withServer(t);
  const { directory, env } = setUp(t, url);
  for (const [index, { language, text, file }] of blocks.entries()) {
    const next = blocks[index + 1];
    const wanted = next?.language === 'text' ? next.text.trim().split('\n') : [];
    if (language === 'yaml' && file !== undefined) writeFileSync(path.join(directory, file), text);
    if (language === 'sh') {
      const script = `set -euo pipefail\n${here(text)}`;
      const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
        cwd: directory,
        env,
        encoding: 'utf8',
      });
      const said = `${stdout}${stderr}`;
      assert.equal(status, 0, `${text}\n${said}`);
      for (const line of wanted)
        assert.ok(said.includes(line), `${text}\nshould print: ${line}\nprinted: ${said}`);
    }
    if (language === 'sh terminal') {
      const child = spawn('bash', ['-c', here(text).replace(/^vrsky/m, 'exec vrsky')], {
        cwd: directory,
        env,
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      await untilSaid(child, wanted[0] ?? '');
      child.kill('SIGTERM');
      assert.equal(await ended, 143);
    }
  }
});

test('the page has commands, and files for them', () => {
  assert.ok(blocks.filter(({ language }) => language.startsWith('sh')).length >= 12);
  assert.deepEqual(
    blocks.flatMap(({ file }) => file ?? []),
    ['work/flows/orders.vrsky.yaml', 'sources.yaml'],
  );
});
