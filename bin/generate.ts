// npm run generate: writes every generated file that is out of date.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generatedFiles, isUpToDate } from './generate/generated-files.ts';

const root = path.resolve(import.meta.dirname, '..');

const schemas: string[] = [];
for (const [name, wanted] of await generatedFiles()) {
  const file = path.join(root, name);
  const written = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (isUpToDate(name, written, wanted)) continue;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, wanted);
  process.stdout.write(`${written === undefined ? 'wrote' : 'updated'} ${name}\n`);
  if (name.endsWith('.json')) schemas.push(name);
}
// JSON is laid out as the formatter does, not as it is generated.
if (schemas.length > 0) {
  const biome = path.join(root, 'node_modules/.bin/biome');
  execFileSync(biome, ['format', '--write', ...schemas], { cwd: root, stdio: 'ignore' });
}
