// Manifests that the checks let through and that are made to cost time: compiled soon, or refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSources } from '../flow/check.ts';
import { hostileManifests } from '../flow/testdata/hostile-manifests.ts';
import { checkTopology } from './compile.ts';

/** Seconds of processor time beyond which something has blown up. How fast it really is, `npm run bench -- check` shows. */
const blownUp = 20;

const refused: Readonly<Record<string, readonly string[]>> = {
  'tens of thousands of ways': ['VRS5004'],
  'thousands of producers that all get everything': ['VRS5001', 'VRS5002', 'VRS5004'],
};

for (const [name, [text, codes]] of Object.entries(hostileManifests)) {
  if (codes.length > 0) continue;
  test(`${name}: ${refused[name]?.join(', ') ?? 'no mistake'}, in bounded time`, async () => {
    const { value } = await checkSources([{ file: 'a.yaml', text }], { env: () => undefined });
    const begin = process.cpuUsage();
    const found = value.flows.flatMap(checkTopology).map(({ code }) => code);
    const { user, system } = process.cpuUsage(begin);
    assert.deepEqual(found, refused[name] ?? []);
    assert.ok(user + system < blownUp * 1e6, `${(user + system) / 1e6} s`);
  });
}
