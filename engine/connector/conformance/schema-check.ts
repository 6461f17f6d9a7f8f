// Whether a connector's own schema accepts its manifest entries.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Validator } from '@cfworker/json-schema';
import type { Connector, JsonObject } from '../contract.ts';

const base = 'https://vrsky.test/';
const folder = fileURLToPath(new URL('../../../schemas/', import.meta.url));

/** The project's schemas, which a connector's schema may refer to by their relative `$id`. */
function projectSchemas(): readonly (JsonObject & { readonly $id: string })[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.schema.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')));
}

/** The complaints of the connector's schema about a manifest entry; none when it accepts. */
export function schemaComplaints<C, P, L = never>(
  connector: Connector<C, P, L>,
  role: 'consumer' | 'producer',
  entry: JsonObject,
): readonly string[] {
  const root = `${base}connectors/under-test.schema.json`;
  const validator = new Validator({ $ref: `${root}#/definitions/${role}` }, '7', false);
  for (const schema of projectSchemas()) validator.addSchema({ ...schema, $id: base + schema.$id });
  validator.addSchema({ ...connector.schema, $id: root });
  return validator.validate(entry).errors.map((error) => `${error.instanceLocation}: ${error.error}`);
}
