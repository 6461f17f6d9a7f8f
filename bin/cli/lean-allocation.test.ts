// A worker starts itself again with another environment, and nobody around it notices.
import assert from 'node:assert/strict';
import { type SpawnOptions, spawn } from 'node:child_process';
import { test } from 'node:test';

const program = `import(${JSON.stringify(new URL('./lean-allocation.ts', import.meta.url).href)}).then(({ allocateLean }) => {
  allocateLean();
  process.stdin.once('data', (heard) => {
    const { pid, argv, env } = process;
    console.log(JSON.stringify({ pid, arguments: argv.slice(1), arenas: env.MALLOC_ARENA_MAX, own: env.OWN, heard: String(heard) }));
    process.exit();
  });
})`;

/** What the program says of itself, and its pid as its parent knows it. */
async function started(
  env: NodeJS.ProcessEnv = {},
  stdio: SpawnOptions['stdio'] = ['pipe', 'pipe', 'inherit'],
) {
  const { MALLOC_ARENA_MAX: _, NODE_OPTIONS: __, ...usual } = process.env;
  const child = spawn(process.execPath, ['-e', program, 'one', '--two'], {
    stdio,
    env: { ...usual, OWN: 'kept', ...env },
  });
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
  child.stdin?.end('a word');
  await new Promise((resolve) => child.once('close', resolve));
  return { child: child.pid, ...JSON.parse(said) };
}

const skip = process.platform === 'linux' ? false : 'only glibc is told anything';

test('the process goes on as itself, with an environment that tells the C library', { skip }, async () => {
  const { child, pid, arenas, own, heard, arguments: given } = await started();
  assert.deepEqual([pid, arenas, own, heard], [child, '1', 'kept', 'a word']);
  assert.deepEqual(given, ['one', '--two']);
});

test('what somebody has said already stays', async () => {
  assert.equal((await started({ MALLOC_ARENA_MAX: '3' })).arenas, '3');
});

test('a channel to the parent is not given up', async () => {
  assert.equal((await started({}, ['pipe', 'pipe', 'inherit', 'ipc'])).arenas, undefined);
});
