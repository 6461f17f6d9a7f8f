// vrsky dev: an edit is applied, a broken one is shown and changes nothing, and no message is lost on the way.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { testPort } from '../../engine/devserver/test-port.ts';
import { feed } from '../torture/feeder.ts';
import { Sink } from '../torture/sink.ts';

const cli = path.resolve(import.meta.dirname, '..', 'vrsky.ts');

const manifest = (port: number, sink: string, expression: string) => `
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: live }
spec:
  consumers:
    - { name: hook, type: http, port: ${port}, path: /in }
  steps:
    - name: shape
      type: map
      expression: |
        ${expression}
  producers:
    - { name: sink, type: http, url: "${sink}/" }
`;

/** Resolves when the process has said something that matches, from now on. */
function says(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const listen = (chunk: string) => {
      text += chunk;
      if (!pattern.test(text)) return;
      child.stderr?.off('data', listen);
      resolve(text);
    };
    child.stderr?.on('data', listen);
    child.once('exit', () => reject(new Error(`vrsky dev ended: ${text}`)));
  });
}

test('edits are applied under load without losing a message; a broken edit leaves what runs running', async (t) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-dev-'));
  const sink = await Sink.start();
  const port = await testPort();
  const file = path.join(directory, 'live.vrsky.yaml');
  // In one go: on a busy machine a file that is being written stays half for longer than a burst of changes lasts.
  const write = async (expression: string) => {
    await writeFile(`${file}.new`, manifest(port, sink.url, expression));
    await rename(`${file}.new`, file);
  };
  await write('{ "id": id }');
  const child = spawn(process.execPath, [cli, 'dev', directory, '--data', path.join(directory, 'nats')], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  child.stderr.setEncoding('utf8');
  const stopFeeding = new AbortController();
  t.after(async () => {
    stopFeeding.abort();
    child.kill('SIGINT');
    if (child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once('exit', resolve));
    await sink.goAway();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });
  await says(child, /running; edit a manifest/);

  const count = 3_000;
  const feeding = feed({
    urls: [`http://127.0.0.1:${port}/in`],
    count,
    concurrency: 8,
    giveUp: stopFeeding.signal,
  });
  for (const version of [1, 2]) {
    const applied = says(child, /✓ applied\n/);
    await write(`{ "id": id, "version": ${version} }`);
    await applied;
  }
  const refused = says(child, /not applied; what ran before runs on/);
  await write('{ "id": id ');
  assert.match(await refused, /VRS4001[\s\S]*live\.vrsky\.yaml|live\.vrsky\.yaml[\s\S]*VRS4001/);
  const { accepted } = await feeding;
  assert.equal(accepted.size, count);
  const isThere = (id: number) => sink.received.has(id);
  while (![...accepted].every(isThere)) await new Promise((resolve) => setTimeout(resolve, 20));

  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  assert.equal(await ended, 130);
});
