// The packages of package-lock.json and the pinned Node.js among them, installed when they are missing or stale.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runChild } from './run-child.mjs';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const stamp = path.join(root, 'node_modules', '.vrsky-setup');
const oldestNode = 20;

process.chdir(root);

/** Where the pinned Node.js is once the packages are installed. */
export function pinnedNode() {
  return path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** Runs `npm ci` unless what is installed belongs to the lock file; ends the process with what to do when it fails. */
export async function installPackages() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < oldestNode)
    fail(`Node.js ${process.versions.node} is too old: install Node.js ${oldestNode} or newer`);
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(pinnedNode())) return;
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  process.stderr.write(
    `setup: installing ${Object.keys(packages).length - 1} packages and Node.js 24 (once, about half a minute)\n`,
  );
  const began = Date.now();
  const dots = setInterval(
    () => process.stderr.write(`setup: still installing, ${Math.round((Date.now() - began) / 1000)} s\n`),
    5_000,
  );
  // Warnings are held back: with an older Node.js npm says of every package that it wants a newer one, and it gets one here.
  const result = await runChild(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts=false'],
    { capture: true, shell: process.platform === 'win32' },
  );
  clearInterval(dots);
  if (result.code !== 0) fail(`npm ci failed:\n${result.stdout}${result.stderr}`);
  if (!existsSync(pinnedNode())) {
    fail(
      'npm did not install the pinned Node.js: allow the install script of the package "node" (npm install-scripts approve node) and run this again',
    );
  }
  writeFileSync(stamp, wanted);
  process.stderr.write(`setup: installed in ${Math.round((Date.now() - began) / 1000)} s\n`);
}

function fail(message) {
  process.stderr.write(`setup: ${message}\n`);
  process.exit(1);
}
