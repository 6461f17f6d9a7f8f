// Every YAML example in the documentation is a manifest, or a part of one, that validates.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test } from 'node:test';
import { checkSources } from '../engine/flow/check.ts';

const root = path.resolve(import.meta.dirname, '..');
const pages = globSync(
  ['README.md', 'docs/*.md', 'docs/guide/**/*.md', 'docs/reference/manifest.md', 'connectors/*/README.md'],
  { cwd: root },
).toSorted();

interface Example {
  readonly line: number;
  readonly text: string;
}

function examplesOf(page: string): readonly Example[] {
  const source = readFileSync(path.join(root, page), 'utf8');
  return [...source.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => ({
    line: source.slice(0, match.index).split('\n').length + 1,
    text: match[1] ?? '',
  }));
}

const consumers = '  consumers: [ { name: in, type: schedule, every: 1m } ]\n';
const producers = '  producers: [ { name: out, type: log } ]\n';

/** A part of a manifest, put into a whole one. */
function wholeManifest(text: string): string {
  if (/^apiVersion:/m.test(text)) return text;
  const indented = text.replace(/^(?=.)/gm, '  ');
  const part = /^(consumers|steps|producers|delivery|durability|stream|limits):/m;
  const body = part.test(text) ? indented : listPart(text, indented);
  const missing =
    (/^ {2}consumers:/m.test(body) ? '' : consumers) + (/^ {2}producers:/m.test(body) ? '' : producers);
  return `apiVersion: vrsky.io/v1\nkind: Flow\nmetadata: { name: example }\nspec:\n${body}${missing}`;
}

/** The reference shows single steps, consumers and producers as list items. */
function listPart(text: string, indented: string): string {
  const isStep = /type: ["']?(?:convert|map|filter|route|split|validate|set)\b/.test(text);
  const hasUrl = /^\s*url:/m.test(text) && !/http-poll/.test(text);
  const writes = /^\s*(?:path|message|jetstream):/m.test(text) && !/type: ["']?http\n\s*path:/.test(text);
  const writesObjects = /type: ["']?(?:s3|azure-blob|gcs)\n/.test(text) && /^\s*key:/m.test(text);
  const isProducer =
    hasUrl || writes || writesObjects || (/type: ["']?nats/.test(text) && !/^\s*stream:/m.test(text));
  return `  ${isStep ? 'steps' : isProducer ? 'producers' : 'consumers'}:\n${indented}`;
}

for (const page of pages) {
  suite(page, () => {
    for (const { line, text } of examplesOf(page)) {
      test(`the example at line ${line} validates`, async () => {
        const { diagnostics } = await checkSources([{ file: page, text: wholeManifest(text) }]);
        // Parts name steps and producers that stand elsewhere, tests and environments a flow; what is left is about the example itself.
        const isPart = !/^apiVersion:/m.test(text);
        const isTest = /^kind: Test$/m.test(text);
        const isEnvironment = /^kind: Environment$/m.test(text);
        const wrong = diagnostics.filter(
          ({ code, severity }) =>
            severity === 'error' &&
            !(isPart && /^VRS300/.test(code)) &&
            !(isTest && /^VRS310/.test(code)) &&
            !(isEnvironment && code === 'VRS3402'),
        );
        assert.deepEqual(
          wrong.map(({ code, message }) => `${code} ${message}`),
          [],
        );
      });
    }
  });
}
