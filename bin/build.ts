// Builds the publishable package: JavaScript and declarations in dist/, with the schemas that are read at run time.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');

rmSync(path.join(root, 'dist'), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '--project', path.join(root, 'tsconfig.build.json')], {
  cwd: root,
  stdio: 'inherit',
});
chmodSync(path.join(root, 'dist', 'bin', 'vrsky.js'), 0o755);
