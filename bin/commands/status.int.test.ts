// vrsky status --watch and vrsky suspend as processes: what one changes the other shows.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { withServer } from '../../engine/devserver/test-server.ts';
import { manifest } from '../../engine/gitops/test-source.ts';

const cli = path.resolve(import.meta.dirname, '..', 'vrsky.ts');

interface Shown {
  readonly flows: readonly {
    readonly flow: string;
    readonly suspended?: string;
    readonly conditions: readonly { readonly type: string; readonly reason: string }[];
  }[];
}

test('status --watch shows a suspension come and go, and ends with a signal', async (t) => {
  const { url, storeDir } = await withServer(t);
  const env = { ...process.env, VRSKY_SERVER: url, NO_COLOR: '1' };
  const vrsky = async (...args: readonly string[]) =>
    (await promisify(execFile)(process.execPath, [cli, ...args], { env })).stderr;
  const file = path.join(storeDir, 'a.yaml');
  writeFileSync(file, manifest('a'));
  await vrsky('apply', file);
  const watch = ['status', '--watch', '--format', 'json', '--interval', '50ms'];
  const child = spawn(process.execPath, [cli, ...watch], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const until = async (suspended: string | undefined) => {
    for (;;) {
      const { value, done } = await lines.next();
      assert.ok(done !== true, 'the watch ended');
      const [flow] = (JSON.parse(value) as Shown).flows;
      if (flow?.suspended === suspended) return flow;
    }
  };
  await until(undefined);
  const said = await vrsky('suspend', 'flow/a', '--intake', '--reason', 'partner is down');
  assert.match(said, /flow\/a is suspended; `vrsky resume flow\/a` ends that/);
  const shown = await until('intake');
  assert.equal(shown?.conditions.find(({ type }) => type === 'Suspended')?.reason, 'Intake');
  await vrsky('suspend', 'flow/a');
  await until('all');
  await vrsky('resume', 'flow/a');
  await until(undefined);
  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'exit'), [130, null]);
});
