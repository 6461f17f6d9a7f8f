// vrsky reconcile as a process: pushes are applied within the interval, or at once when GitHub's webhook says so; a signal ends it.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { withServer } from '../../engine/devserver/test-server.ts';
import { TestRepository } from '../../engine/gitops/git/test-repository.ts';
import { manifest } from '../../engine/gitops/test-source.ts';

const cli = path.resolve(import.meta.dirname, '..', 'vrsky.ts');

class Reconciler {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  said = '';
  #wake: () => void = () => undefined;

  constructor(
    t: TestContext,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    folder: string,
  ) {
    this.child = spawn(process.execPath, [cli, 'reconcile', ...args], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
    void this.ended.then(() => this.#wake());
    this.child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.said += chunk;
      this.#wake();
    });
    t.after(() => this.child.kill('SIGKILL'));
  }

  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.said);
      if (found !== null) return found;
      assert.equal(this.child.exitCode, null, this.said);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

test('a push is applied within the interval', async (t) => {
  const { url } = await withServer(t);
  const repository = new TestRepository(t);
  repository.publish({ 'flows/a.yaml': manifest('a') });
  const args = ['--git', repository.url, '--interval', '500ms', '--server', url];
  const reconciler = new Reconciler(t, args, {}, repository.folder);
  await reconciler.until(/Ready=True Succeeded/);
  const next = repository.publish({ 'flows/a.yaml': manifest('a', 'next') });
  await reconciler.until(new RegExp(`applied main@${next.slice(0, 12)}`));
  reconciler.child.kill('SIGTERM');
  assert.equal(await reconciler.ended, 143);
});

test("GitHub's webhook brings a push at once; a call without the secret does nothing", async (t) => {
  const { url } = await withServer(t);
  const repository = new TestRepository(t);
  repository.publish({ 'flows/a.yaml': manifest('a') });
  const args = ['--git', repository.url, '--interval', '24h', '--server', url, '--webhook', '127.0.0.1:0'];
  const reconciler = new Reconciler(t, args, { VRSKY_WEBHOOK_SECRET: 's3cret' }, repository.folder);
  const [, port] = await reconciler.until(/listening for webhooks on port (\d+)/);
  await reconciler.until(/Ready=True Succeeded/);
  const events = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly {
    readonly name: string;
    readonly examples: readonly unknown[];
  }[];
  const push = events.find(({ name }) => name === 'push')?.examples[0];
  const body = JSON.stringify(push);
  const call = async (signature: string) => {
    const headers = { 'x-github-event': 'push', 'x-hub-signature-256': signature };
    return (await fetch(`http://127.0.0.1:${port}/hooks/flows`, { method: 'POST', headers, body })).status;
  };
  const next = repository.publish({ 'flows/a.yaml': manifest('a', 'next') });
  assert.equal(await call(`sha256=${'0'.repeat(64)}`), 401);
  assert.equal(await call(`sha256=${createHmac('sha256', 's3cret').update(body).digest('hex')}`), 202);
  await reconciler.until(new RegExp(`applied main@${next.slice(0, 12)}`));
  assert.doesNotMatch(reconciler.said, /s3cret/);
  reconciler.child.kill('SIGINT');
  assert.equal(await reconciler.ended, 130);
});
