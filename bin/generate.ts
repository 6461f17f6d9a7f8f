// npm run generate: writes every generated file; with --check it only says which are out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generatedFiles } from './generate/generated-files.ts';

const root = path.resolve(import.meta.dirname, '..');
for (const [file, content] of await generatedFiles()) {
  if (read(file) === content) continue;
  process.stdout.write(`${file}\n`);
  if (process.argv.includes('--check')) process.exitCode = 1;
  else writeFileSync(path.join(root, file), content);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(path.join(root, file), 'utf8');
  } catch {
    return undefined;
  }
}
