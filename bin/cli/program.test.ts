// Starting the command line loads nothing but the command line: what a verb needs comes when it runs.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

/** Every file and package that comes with a file by import lines; `import type` and `import()` do not count. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const lines = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) (?!type\b)[^'";]*? from '([^']+)';/gms,
  );
  for (const [, target = ''] of lines) {
    if (target.startsWith('.')) loadedWith(path.resolve(path.dirname(file), target), seen);
    else seen.add(target);
  }
  return seen;
}

test('no verb loads the engine or a package before it runs', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const verbs = globSync('bin/commands/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'));
  const seen = new Set<string>();
  for (const file of ['bin/cli/run-cli.ts', ...verbs]) loadedWith(path.join(root, file), seen);
  const loaded = [...seen].map((name) => (path.isAbsolute(name) ? path.relative(root, name) : name));
  const light =
    /^(?:bin\/(?:cli|commands|init)\/|engine\/(?:diagnostics|units)\/|engine\/runtime\/trace\.ts$|node:)/;
  assert.ok(loaded.length > 40);
  assert.deepEqual(
    loaded.filter((name) => !light.test(name)),
    ['commander'],
  );
  // Loading either of these costs more than most verbs do.
  assert.deepEqual(
    loaded.filter((name) => /^node:(?:http|https|net|tls|cluster|child_process|worker_threads)$/.test(name)),
    [],
  );
});
