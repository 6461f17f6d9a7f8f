// Follows the README: checks its flow, breaks it as it says, runs it, sends it the message that it shows.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { after, before, suite, test } from 'node:test';

const root = path.resolve(import.meta.dirname, '..');
const cli = path.join(root, 'bin', 'vrsky.ts');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(readme)?.[1] ?? '';
}

suite('the flow of the README', () => {
  let directory: string;
  const env = { ...process.env, NO_COLOR: '1', VRSKY_SERVER: '' };
  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'vrsky-readme-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));

  const write = (text: string) => writeFileSync(path.join(directory, 'orders.vrsky.yaml'), text);
  const vrsky = (args: readonly string[], input = '') =>
    spawnSync(process.execPath, [cli, ...args], { cwd: directory, encoding: 'utf8', env, input });

  test('the mistake is shown as the page says', () => {
    write(block('yaml').replace('rules:', 'rule:'));
    const { status, stdout } = vrsky(['validate', 'orders.vrsky.yaml']);
    assert.equal(status, 3);
    assert.ok(stdout.includes(block('text')), stdout);
  });

  test('validates, runs, and delivers what is sent to both producers', async (t) => {
    // Other tests may have the port.
    write(block('yaml').replace('path: /orders', 'port: 0, path: /orders'));
    assert.equal(vrsky(['validate', 'orders.vrsky.yaml']).status, 0);
    const received: unknown[] = [];
    const shop = createServer((request, response) => {
      json(request).then((body) => {
        received.push([request.method, request.url, body]);
        response.writeHead(204).end();
      });
    });
    shop.listen(0, '127.0.0.1');
    await once(shop, 'listening');
    t.after(() => shop.close());
    const { port } = shop.address() as AddressInfo;
    const dev = spawn(process.execPath, [cli, 'dev', 'orders.vrsky.yaml'], {
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...env, SHOP_URL: `http://127.0.0.1:${port}` },
    });
    const gone = once(dev, 'exit');
    t.after(async () => {
      dev.kill('SIGINT');
      await gone;
    });
    await says(dev, /running; edit a manifest/);
    const order = /^echo '(.*?)' \| npx vrsky send orders$/m.exec(readme)?.[1] ?? '';
    const { status, stdout } = await send(order);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /orders\/shop \S+ delivered to shop/);
    assert.match(stdout, /orders\/archive \S+ delivered to archive/);
    assert.deepEqual(received, [['PUT', '/orders/7', { id: 7, total: 120 }]]);
    assert.deepEqual(JSON.parse(readFileSync(path.join(directory, 'out', '7.json'), 'utf8')), {
      id: 7,
      total: 120,
    });
  });

  /** Not with `spawnSync`: the shop answers from this process. */
  async function send(input: string) {
    const child = spawn(process.execPath, [cli, 'send', 'orders'], {
      cwd: directory,
      stdio: ['pipe', 'pipe', 'inherit'],
      env,
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stdin.end(input);
    const [status] = await once(child, 'close');
    return { status, stdout };
  }
});

function says(child: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (pattern.test(text)) resolve();
    });
    child.once('exit', () => reject(new Error(`vrsky dev ended: ${text}`)));
  });
}
