// The command line as users meet it: exit codes, help, usage errors, data on stdout.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { withServer } from '../../engine/devserver/test-server.ts';
import { buildProgram } from './program.ts';

const cli = path.resolve(import.meta.dirname, '..', 'vrsky.ts');

function vrsky(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    input,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  return { status, stdout, stderr };
}

const good = `
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: ticks }
spec:
  consumers: [ { name: tick, type: schedule, every: 1m } ]
  producers: [ { name: out, type: log } ]
`;

const program = await buildProgram();

suite('help', () => {
  for (const verb of [
    program,
    ...program.commands,
    ...program.commands.flatMap(({ commands }) => commands),
  ]) {
    if (verb === program) continue;
    test(`${verb.name()} is described and has an example`, () => {
      let help = '';
      verb.configureOutput({ writeOut: (text) => (help += text) });
      verb.outputHelp();
      assert.match(help, /Examples?:\n {2}(?:npx )?(?:vrsky|npm)/);
      assert.ok(verb.description().length > 10);
    });
  }
});

test('usage errors end with 4 and say what was meant', () => {
  const { status, stderr } = vrsky(['valdate']);
  assert.equal(status, 4);
  assert.match(stderr, /Did you mean validate\?/);
  assert.equal(vrsky(['run', '--grace', 'soon']).status, 4);
  assert.equal(vrsky(['eval']).status, 4);
});

test('standard input is read to its end from a slow writer, and not without end', () => {
  const feed = (writer: string) =>
    spawnSync('sh', ['-c', `${writer} | "$0" "$1" validate -`, process.execPath, cli], {
      input: good,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
  assert.match(feed('{ sleep 1; cat; }').stderr, /1 flow, no problems/);
  assert.match(feed('yes').stdout, /VRS1005/);
});

test('the version is answered however it is asked for', () => {
  const { status, stdout } = vrsky(['version']);
  assert.equal(status, 0);
  assert.match(stdout, /^vrsky \d+\.\d+\.\d+ /);
  for (const flag of ['--version', '-V']) assert.equal(vrsky([flag]).stdout, stdout);
});

test('numbers of dead letters are checked before any server is asked', () => {
  for (const args of [
    ['show', 'x'],
    ['show', '0'],
    ['retry', '1', 'two'],
    ['discard', '1.5'],
    ['ls', '--limit', 'all'],
  ]) {
    const { status, stderr } = vrsky(['dlq', ...args], '', { VRSKY_SERVER: 'nats://127.0.0.1:1' });
    assert.equal(status, 4, args.join(' '));
    assert.match(stderr, /write a whole number/);
  }
});

test('a reader that has had enough ends a verb quietly', { skip: process.platform === 'win32' }, () => {
  const line = JSON.stringify({ expr: '$', input: 'x'.repeat(1000) });
  const input = `${line}\n`.repeat(2000);
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', '"$0" "$1" eval --ndjson | head -c 10', process.execPath, cli],
    { input, encoding: 'utf8' },
  );
  assert.deepEqual([status, stdout, stderr], [0, '{"result":', '']);
});

test('a right manifest ends with 0 and says so on stderr only', () => {
  const { status, stdout, stderr } = vrsky(['validate', '-'], good);
  assert.deepEqual([status, stdout], [0, '']);
  assert.match(stderr, /1 flow, no problems/);
});

test('a wrong manifest ends with 3 and shows every mistake at its place', () => {
  const wrong = good.replace('every: 1m', 'evry: 1m').replace('type: log', 'type: lgo');
  const { status, stdout } = vrsky(['validate', '-'], wrong);
  assert.equal(status, 3);
  assert.match(stdout, /<stdin>:6:\d+/);
  assert.match(stdout, /<stdin>:7:\d+/);
  assert.match(stdout, /log/);
});

test('diagnostics come as JSON and for GitHub too', () => {
  const wrong = good.replace('type: log', 'type: lgo');
  const [first] =
    JSON.parse(vrsky(['validate', '-', '--format', 'json'], wrong).stdout).diagnostics ??
    JSON.parse(vrsky(['validate', '-', '--format', 'json'], wrong).stdout);
  assert.match(first.code, /^VRS2/);
  assert.match(vrsky(['validate', '-', '--format', 'github'], wrong).stdout, /^::error file=/m);
});

test('compile prints the same program every time, and draws it', () => {
  const one = vrsky(['compile', '-'], good);
  assert.equal(one.stdout, vrsky(['compile', '-'], good).stdout);
  assert.equal(JSON.parse(one.stdout).flows[0].name, 'ticks');
  assert.match(vrsky(['compile', '-', '--format', 'mermaid'], good).stdout, /^flowchart LR\n/);
  assert.match(vrsky(['compile', '-', '--format', 'dot'], good).stdout, /^digraph vrsky/);
});

test('manifests of another tenant are refused by name', () => {
  const { status, stderr } = vrsky(
    ['compile', '-'],
    good.replace('name: ticks', 'name: ticks, tenant: acme'),
  );
  assert.equal(status, 1);
  assert.match(stderr, /VRS5003.*acme[\s\S]*--tenant acme/);
});

test('validate --verbose names the expressions that are not compiled, and why', () => {
  const steps = `
  steps:
    - { name: one, type: map, expression: 'a.b' }
    - name: two
      type: map
      expression: |
        [$q := 1, $q]`;
  const { status, stdout, stderr } = vrsky(
    ['validate', '--verbose', '--strict', '-'],
    good.trimEnd() + steps,
  );
  assert.equal(status, 0, stderr);
  const line = (good.trimEnd() + steps).split('\n').findIndex((one) => one.includes('[$q')) + 1;
  assert.match(stdout, new RegExp(`<stdin>:${line}:9 info VRS4021 .*\\$q is beside its own assignment`));
  assert.match(stderr, /2 expressions, 1 compiled/);
});

test('eval answers one expression, and a line for each line', () => {
  assert.equal(vrsky(['eval', '$sum(items.price)'], '{"items":[{"price":1},{"price":2}]}').stdout, '3\n');
  const lines = [
    '{"expr":"a.b","input":{"a":{"b":1}}}',
    '{"expr":"a"}',
    '{"expr":"1 +"}',
    '{"expr":"$x","bindings":{"x":2}}',
    '{"expr":"$error(\'no\')","input":1}',
    'no json',
    '\uFEFF{"expr":"1","bindings":null}\r',
    '{"expr":"$","input":null}',
  ];
  const answers = vrsky(['eval', '--ndjson'], lines.join('\n'))
    .stdout.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(answers[0].result, 1);
  assert.equal(answers[1].undefined, true);
  assert.equal(answers[2].error.code, 'S0207');
  assert.equal(answers[3].result, 2);
  assert.equal(answers[4].error.code, 'D3137');
  assert.equal(answers[5].error.code, 'VRS4901');
  assert.deepEqual(
    answers.slice(0, 5).map(({ compiled }) => compiled),
    [true, true, true, true, true],
  );
  assert.equal(answers[6].result, 1);
  assert.equal(answers[7].result, null);
});

test('explain tells codes, fields and flows', () => {
  assert.match(vrsky(['explain', 'vrs5001']).stdout, /^# VRS5001/);
  assert.match(vrsky(['explain', 'flow.spec.delivery']).stdout, /attempts/);
  assert.equal(vrsky(['explain', 'VRS0000']).status, 1);
  assert.equal(vrsky(['explain', 'steps.mpa']).status, 1);
});

test('without a server, verbs that need one say what to do', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vrsky-cli-'));
  const { status, stderr } = spawnSync(process.execPath, [cli, 'status'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, VRSKY_SERVER: '' },
  });
  rmSync(folder, { recursive: true });
  assert.equal(status, 1);
  assert.match(stderr, /VRS8001[\s\S]*vrsky dev/);
});

test('the server of a running vrsky dev is found, what a killed one left behind is not', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vrsky-cli-'));
  mkdirSync(path.join(folder, '.vrsky'));
  const status = (pid: number) => {
    const file = path.join(folder, '.vrsky', 'server.json');
    writeFileSync(file, JSON.stringify({ url: 'nats://127.0.0.1:1', pid }));
    const env = { ...process.env, VRSKY_SERVER: '' };
    return spawnSync(process.execPath, [cli, 'status'], { cwd: folder, encoding: 'utf8', env }).stderr;
  };
  assert.match(status(process.pid), /cannot connect to NATS at 127\.0\.0\.1:1/);
  assert.match(status(2 ** 22 + 1), /no `vrsky dev` runs here/);
  rmSync(folder, { recursive: true });
});

test('verbs about a flow that is not applied say so and end', async (t) => {
  const server = await withServer(t);
  const env = { VRSKY_SERVER: server.url };
  applyGood(server.url);
  for (const args of [
    ['tail', 'ticsk'],
    ['send', 'ticsk'],
  ]) {
    const { status, stderr } = vrsky(args, '{}', env);
    assert.equal(status, 1);
    assert.match(stderr, /VRS8404: no flow ticsk is applied/);
  }
  const { status, stderr } = vrsky(['send', 'ticks', '--file', 'not-there.json'], '', env);
  assert.equal(status, 1);
  assert.match(stderr, /^error: cannot read the payload: .*not-there\.json'\n$/);
});

function applyGood(server: string): void {
  const { status, stderr } = vrsky(['apply', '-'], good, { VRSKY_SERVER: server });
  assert.equal(status, 0, stderr);
}

test('a hole without a value keeps a flow from starting, not from validating', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vrsky-cli-'));
  const file = path.join(folder, 'a.vrsky.yaml');
  writeFileSync(file, good.replace('type: log', 'type: http, url: "${env:NOBODY_SET_THIS}"'));
  const { status, stdout } = vrsky(['validate', file]);
  rmSync(folder, { recursive: true });
  assert.equal(status, 0);
  assert.match(stdout, /NOBODY_SET_THIS/);
});
