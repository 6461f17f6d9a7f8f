// The tests of the example flows catch every mistake that is put into the flows.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { checkSources } from '../engine/flow/check.ts';
import { sampleReader } from '../engine/flow/sample-files.ts';
import type { ManifestDocument } from '../engine/manifest/document.ts';
import { parseManifests } from '../engine/manifest/parse-manifests.ts';
import type { Source } from '../engine/manifest/source.ts';
import { stepTypes } from '../engine/steps/index.ts';
import { flowFaults } from '../engine/testing/faults/flow-faults.ts';
import { goldenFiles } from '../engine/testing/golden-files.ts';
import { runCase } from '../engine/testing/run-case.ts';
import { suitesOf } from '../engine/testing/suite.ts';

const root = path.resolve(import.meta.dirname, '..');
const parts = { stepTypes, read: sampleReader(root), golden: goldenFiles(root, false) };

function source(name: string): Source {
  const file = path.join('flows', name);
  return { file, text: readFileSync(path.join(root, file), 'utf8') };
}

/** How the mistake shows: in the checker, in a test; undefined when it does not. */
async function caughtBy(flow: Source, tests: Source): Promise<'checker' | 'test' | undefined> {
  const { value, diagnostics } = await checkSources([flow, tests], { workingDirectory: root });
  if (diagnostics.some(({ severity }) => severity === 'error')) return 'checker';
  for (const one of suitesOf(value.tests, value.flows)) {
    for (const index of one.cases.keys()) {
      if ((await runCase(one, index, parts)).findings.length > 0) return 'test';
    }
  }
  return undefined;
}

for (const name of ['countries', 'github-to-chat', 'invoices', 'price-watch']) {
  suite(name, () => {
    const flow = source(`${name}.vrsky.yaml`);
    const tests = source(`${name}.test.yaml`);
    const [document] = parseManifests(flow).documents;
    const faults = flowFaults(document as ManifestDocument);

    test('the flow as it is passes its tests', async () => {
      assert.equal(await caughtBy(flow, tests), undefined);
    });

    test(`each of ${faults.length} seeded faults is caught`, async () => {
      assert.ok(faults.length > 5);
      const missed: string[] = [];
      let byTests = 0;
      for (const { description, text } of faults) {
        const caught = await caughtBy({ file: flow.file, text }, tests);
        if (caught === undefined) missed.push(description);
        if (caught === 'test') byTests++;
      }
      assert.deepEqual(missed, []);
      assert.ok(byTests > faults.length / 2, `${byTests} of ${faults.length} were caught by tests`);
    });
  });
}
