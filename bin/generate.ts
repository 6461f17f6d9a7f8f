// npm run generate: writes every generated file that is out of date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generatedFiles, isUpToDate } from './generate/generated-files.ts';

const root = path.resolve(import.meta.dirname, '..');

for (const [name, wanted] of await generatedFiles()) {
  const file = path.join(root, name);
  const written = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (isUpToDate(name, written, wanted)) continue;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, wanted);
  process.stdout.write(`${written === undefined ? 'wrote' : 'updated'} ${name}\n`);
}
