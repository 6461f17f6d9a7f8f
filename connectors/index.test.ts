// Every built-in connector loads under the type that manifests use, and has its schema and its README.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { PermanentError } from '../engine/connector/index.ts';
import { loadConnector } from './index.ts';

const types = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test('each folder here is a connector of that type', async () => {
  assert.ok(types.length >= 6);
  for (const type of types) {
    const connector = await loadConnector(type);
    assert.equal(connector.id, type);
    const definitions = connector.schema.definitions as Readonly<Record<string, unknown>>;
    assert.equal(definitions.consumer !== undefined, connector.consumer !== undefined, type);
    assert.equal(definitions.producer !== undefined, connector.producer !== undefined, type);
    assert.ok(existsSync(path.join(import.meta.dirname, type, 'README.md')), `${type} has no README.md`);
  }
});

test('an unknown type is refused with the known ones', async () => {
  for (const type of ['ftp', 'constructor', '__proto__']) {
    await assert.rejects(loadConnector(type), (error: Error) => {
      assert.ok(error instanceof PermanentError);
      assert.match(
        error.message,
        new RegExp(`no connector ${type}; there are .*file, .*http, http-poll, log, nats, .*schedule$`),
      );
      return true;
    });
  }
});
