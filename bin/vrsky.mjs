#!/usr/bin/env node
// Starts the command line: what was built in a package, the sources in a clone. Plain JavaScript, to speak to older Node.js too.
import { existsSync } from 'node:fs';

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(`vrsky needs Node.js 24 or newer; this is ${process.versions.node}\n`);
  process.exit(1);
}
// Before the first TypeScript file is read, or that one is stripped anew at every start (30 ms).
const { enableCompileCache } = await import('node:module');
enableCompileCache();

const built = new URL('../dist/bin/vrsky.js', import.meta.url);
const sources = new URL('./vrsky.ts', import.meta.url);
// In a clone the sources count, whatever was built once.
await import((existsSync(sources) ? sources : built).href);
