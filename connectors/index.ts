// The built-in connectors, each loaded when a flow first uses it.
import { type Connector, PermanentError } from '../engine/connector/index.ts';

const loaders: Readonly<Record<string, () => Promise<{ readonly connector: unknown }>>> = {
  'azure-blob': () => import('./azure-blob/connector.ts'),
  file: () => import('./file/connector.ts'),
  gcs: () => import('./gcs/connector.ts'),
  http: () => import('./http/connector.ts'),
  'http-poll': () => import('./http-poll/connector.ts'),
  log: () => import('./log/connector.ts'),
  nats: () => import('./nats/connector.ts'),
  s3: () => import('./s3/connector.ts'),
  schedule: () => import('./schedule/connector.ts'),
};

/** The connector called `type` in manifests. Rejects with PermanentError that names the known ones. */
export async function loadConnector(type: string): Promise<Connector> {
  const load = Object.hasOwn(loaders, type) ? loaders[type] : undefined;
  if (load === undefined) {
    throw new PermanentError(`there is no connector ${type}; there are ${Object.keys(loaders).join(', ')}`);
  }
  // Configurations are checked against the connector's schema before they get here.
  return (await load()).connector as Connector;
}
