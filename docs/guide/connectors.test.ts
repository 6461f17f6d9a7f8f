// The code in the connector guide is the code that its example really consists of.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

test('every code block of the connector guide stands in the example connector', () => {
  const files = read('./example-connector/connector.ts') + read('./example-connector/connector.test.ts');
  const blocks = [...read('./connectors.md').matchAll(/^```ts\n(.*?)^```/gms)].map((match) =>
    (match[1] ?? '').trimEnd(),
  );
  assert.ok(blocks.length >= 5);
  for (const block of blocks) assert.ok(files.includes(block), `not in the example: ${block.slice(0, 80)}`);
});
