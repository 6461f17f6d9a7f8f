// Runs every command of the guide, in its order, against a server of its own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { withServer } from '../../engine/devserver/test-server.ts';

const guide = path.join(import.meta.dirname, 'plan-and-apply.md');
const cli = path.resolve(import.meta.dirname, '..', '..', 'bin', 'cli', 'run-cli.ts');

/** What the reader does between the commands: edits the manifest. */
const edit = (every: string) => ({
  write: `
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: ticks }
spec:
  consumers: [ { name: tick, type: schedule, every: ${every} } ]
  producers: [ { name: out, type: log } ]
`,
});

/** All commands in one process: starting one for each takes most of the time. */
const runner = `
import { writeFileSync } from 'node:fs';
const { runCli } = await import(${JSON.stringify(pathToFileURL(cli).href)});
for (const step of JSON.parse(process.env.STEPS)) {
  if (step.write !== undefined) {
    writeFileSync('flows/ticks.yaml', step.write);
    continue;
  }
  process.exitCode = undefined;
  const code = await runCli(step.args);
  if (code === 0) continue;
  console.error('vrsky ' + step.args.join(' ') + ' ended with ' + code);
  process.exit(1);
}
process.exit(0);
`;

test('every command of the guide does what it says', async (t) => {
  const { url } = await withServer(t);
  const directory = mkdtempSync(path.join(tmpdir(), 'vrsky-guide-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(path.join(directory, 'flows'));
  const blocks = readFileSync(guide, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm);
  const commands = [...blocks].flatMap((match) => (match[1] ?? '').trim().split('\n'));
  assert.ok(commands.length > 10);
  const apply = { args: ['apply', 'flows'] };
  const steps = commands.flatMap((command) => {
    const [program, ...args] = command.split(' ');
    assert.equal(program, 'vrsky', command);
    // The plan that is saved has something to change, and the history something to go back to.
    if (args.includes('--out')) return [edit('2h'), { args }];
    return args[0] === 'history' ? [edit('3h'), apply, edit('4h'), apply, { args }] : [{ args }];
  });
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', runner], {
    cwd: directory,
    encoding: 'utf8',
    env: {
      ...process.env,
      VRSKY_SERVER: url,
      NO_COLOR: '1',
      STEPS: JSON.stringify([edit('1h'), ...steps]),
    },
  });
  assert.equal(status, 0, stderr);
});
