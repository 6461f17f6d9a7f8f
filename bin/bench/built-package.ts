// The package as users install it, built into a folder: whole commands are measured the way they are run.
import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../cli/package.ts';

const run = promisify(execFile);

/** Answers the file that `vrsky` is. */
export async function buildPackage(folder: string): Promise<string> {
  const root = await packageRoot();
  await mkdir(path.join(folder, 'bin'), { recursive: true });
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const project = path.join(root, 'tsconfig.build.json');
  await run(process.execPath, [tsc, '--project', project, '--outDir', path.join(folder, 'dist')]);
  for (const part of ['schemas', 'package.json', 'bin/vrsky.mjs'])
    await cp(path.join(root, part), path.join(folder, part), { recursive: true });
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  return path.join(folder, 'bin/vrsky.mjs');
}
