import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

const esc = '\u001b';
const cli = path.resolve(import.meta.dirname, '..', 'vrsky.ts');
const flow = (expression: string) => `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: orders }
spec:
  consumers: [ { name: inbox, type: file, directory: ., sample: order.json } ]
  steps: [ { name: shape, type: map, expression: '${expression}' } ]
  producers: [ { name: out, type: file, directory: out, path: "{{ id }}.json" } ]
`;

describe('vrsky play', () => {
  let directory: string;
  let child: ChildProcess | undefined;
  const write = (file: string, text: string) => writeFileSync(path.join(directory, 'flows', file), text);
  const env = { ...process.env, NO_COLOR: '1', COLUMNS: '80' };

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'vrsky-play-'));
    mkdirSync(path.join(directory, 'flows'));
    write('orders.vrsky.yaml', flow('{ "id": id, "twice": n * 2 }'));
    write('order.json', '{ "id": "A", "n": 21 }');
  });
  afterEach(() => {
    child?.kill('SIGKILL');
    child = undefined;
    rmSync(directory, { recursive: true });
  });

  const once = (...args: readonly string[]) =>
    spawnSync(process.execPath, [cli, 'play', ...args], { cwd: directory, encoding: 'utf8', env });

  /** Resolves when a running child has printed what is wanted since the last time. */
  function printed(running: ChildProcess) {
    let output = '';
    let check = () => {};
    running.stdout?.on('data', (text: Buffer) => {
      output += text.toString();
      check();
    });
    return (wanted: RegExp) =>
      new Promise<string>((resolve) => {
        check = () => {
          const match = wanted.exec(output);
          if (match === null) return;
          const before = output;
          output = output.slice(match.index + match[0].length);
          resolve(before);
        };
        check();
      });
  }

  test('shows a message once: the one that is named, or the sample', () => {
    const { status, stdout } = once('orders', '--once');
    assert.equal(status, 0);
    assert.match(stdout, /^inbox +│ shape +\d+(?:\.\d+)? m?s\nfile +│ map\n/);
    assert.match(stdout, /"n": 21 +│ +"twice": 42\n/);
    assert.match(stdout, /\n→ delivered to out: path A\.json\n$/);
    writeFileSync(path.join(directory, 'other.json'), '{ "id": "B", "n": 1 }');
    assert.match(once('flows/orders.vrsky.yaml', '--once', 'other.json').stdout, /path B\.json/);
  });

  test('says what is wrong with the flow, the message and the call', () => {
    assert.match(once('order', '--once').stderr, /no flow order .*did you mean orders\?/);
    write('orders.vrsky.yaml', flow('{ "id": $uppercas(id) }'));
    const wrong = once('orders', '--once');
    assert.deepEqual([wrong.status, wrong.stdout], [3, '']);
    assert.match(wrong.stderr, /VRS4002 .*\$uppercas/);
    write('orders.vrsky.yaml', flow('id').replace(', sample: order.json', ''));
    const nothing = once('orders', '--once');
    assert.equal(nothing.status, 1);
    assert.match(nothing.stderr, /inbox names no sample: say which message with --message FILE/);
    assert.match(once('orders', '--once', 'none.json').stderr, /none\.json/);
    assert.match(once('orders', '--once', 'flows/order.json', '--header', 'x').stderr, /name:value/);
  });

  test('of a file that the consumer takes apart the first record is played', () => {
    write('orders.vrsky.yaml', flow('{ "id": id }').replace('order.json', 'orders.csv, records: csv'));
    write('orders.csv', 'id,n\nC,1\nD,2\n');
    assert.match(once('orders', '--once').stdout, /path C\.json/);
  });

  test('runs again when the flow or the message changes, and shows mistakes meanwhile', async () => {
    child = spawn(process.execPath, [cli, 'play', 'orders'], { cwd: directory, env });
    const next = printed(child);
    const first = await next(/delivered to out: path A\.json/);
    assert.ok(!first.includes(esc), 'nothing but text where no terminal is');
    write('order.json', '{ "id": "Z", "n": 21 }');
    await next(/path Z\.json/);
    write('orders.vrsky.yaml', flow('{ "id": id, '));
    await next(/VRS4001/);
    write('orders.vrsky.yaml', flow('{ "id": "mended" }'));
    await next(/path mended\.json/);
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGINT');
    assert.equal(await ended, 130);
  });

  const hasScript = spawnSync('script', ['--version']).status === 0;
  const reason = hasScript ? false : 'needs script (util-linux) for a pseudo-terminal';

  test('on a terminal fills the screen anew each time, in colour, and q leaves', {
    skip: reason,
  }, async () => {
    const command = `stty cols 60 rows 24; exec "${process.execPath}" "${cli}" play orders`;
    // Where CI is set Node.js finds no colours, whatever the terminal.
    const { NO_COLOR: _, ...colourful } = { ...env, TERM: 'xterm', FORCE_COLOR: undefined, CI: undefined };
    child = spawn('script', ['-qfec', command, '/dev/null'], { cwd: directory, env: colourful });
    const next = printed(child);
    const first = await next(/q leaves/);
    assert.ok(first.includes(`${esc}[2J${esc}[3J${esc}[H`), first);
    assert.ok(first.includes(`${esc}[32m  "twice": 42`), first);
    write('order.json', '{ "id": "Z", "n": 21 }');
    assert.ok((await next(/path Z\.json[\s\S]*q leaves/)).includes(`${esc}[2J`));
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child.stdin?.write('q');
    assert.equal(await ended, 0);
  });
});
