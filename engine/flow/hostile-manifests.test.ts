// Manifests that are fine as YAML and made to cost time: checked and rendered soon all the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderDiagnostics } from '../diagnostics/render.ts';
import { checkSources } from './check.ts';
import { hostileManifests } from './testdata/hostile-manifests.ts';

/** Seconds of processor time beyond which something has blown up. How fast it really is, `npm run bench -- check` shows. */
const blownUp = 20;

for (const [name, [text, codes]] of Object.entries(hostileManifests)) {
  test(`${name}: ${codes.join(', ') || 'no mistake'}, in bounded time and words`, async () => {
    const begin = process.cpuUsage();
    const { diagnostics, value } = await checkSources([{ file: 'a.yaml', text }], { env: () => undefined });
    const shown = renderDiagnostics(diagnostics, { sources: value.sources });
    const { user, system } = process.cpuUsage(begin);
    assert.deepEqual([...new Set(diagnostics.map(({ code }) => code))].toSorted(), codes);
    assert.ok(user + system < blownUp * 1e6, `${(user + system) / 1e6} s`);
    assert.ok(shown.length < 10_000_000, `${shown.length} characters`);
  });
}
