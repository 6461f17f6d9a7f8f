// Whether a connector's own schema accepts its manifest entries.
import { readFileSync } from 'node:fs';
import { Validator } from '@cfworker/json-schema';
import type { Connector, JsonObject } from '../contract.ts';

const common: JsonObject = JSON.parse(
  readFileSync(new URL('../../../schemas/common.schema.json', import.meta.url), 'utf8'),
);

/** The complaints of the connector's schema about a manifest entry; none when it accepts. */
export function schemaComplaints<C, P>(
  connector: Connector<C, P>,
  role: 'consumer' | 'producer',
  entry: JsonObject,
): readonly string[] {
  const root = 'https://vrsky.test/connectors/connector.json';
  const validator = new Validator({ $ref: `${root}#/definitions/${role}` }, '7', false);
  validator.addSchema({ ...connector.schema, $id: root });
  validator.addSchema({ ...common, $id: 'https://vrsky.test/common.schema.json' });
  return validator.validate(entry).errors.map((error) => `${error.instanceLocation}: ${error.error}`);
}
