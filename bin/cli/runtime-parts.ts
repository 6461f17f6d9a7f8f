// Composes the runtime of this process: steps, connectors, where paths and secrets come from.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadConnector } from '../../connectors/index.ts';
import { buckets } from '../../engine/compile/topology.ts';
import { resolveHoles } from '../../engine/flow/holes.ts';
import type { Connected } from '../../engine/nats/connect.ts';
import { engineStore, PayloadDepot } from '../../engine/payload/depot.ts';
import { PayloadHolders } from '../../engine/payload/holders.ts';
import { azureBucket } from '../../engine/payload/stores/azure/azure-bucket.ts';
import type { AzureSettings } from '../../engine/payload/stores/azure/azure-settings.ts';
import { bucketStore } from '../../engine/payload/stores/bucket-store.ts';
import { diskStore } from '../../engine/payload/stores/disk/disk-store.ts';
import { gcsBucket } from '../../engine/payload/stores/gcs/gcs-bucket.ts';
import type { GcsSettings } from '../../engine/payload/stores/gcs/gcs-settings.ts';
import { s3Bucket } from '../../engine/payload/stores/s3/s3-bucket.ts';
import type { S3Settings } from '../../engine/payload/stores/s3/s3-settings.ts';
import { systemClock } from '../../engine/runtime/clock.ts';
import type { Log } from '../../engine/runtime/flow-context.ts';
import type { RuntimeParts } from '../../engine/runtime/runtime-parts.ts';
import { stepTypes } from '../../engine/steps/index.ts';
import { loadInstalled } from './installed-connectors.ts';

export interface RuntimeOptions {
  /** What relative paths of manifests are resolved against. */
  readonly workingDirectory: string;
  /** A folder with one file per secret, as container platforms mount them. */
  readonly secretsDirectory?: string;
  /** Where large payloads are kept while they are in transit. */
  readonly payloadsDirectory: string;
  readonly log: Log;
}

export function runtimeParts(connected: Connected, options: RuntimeOptions): RuntimeParts {
  const env = (name: string) => process.env[name];
  const secret = secretLookup(options.secretsDirectory);
  return {
    broker: connected.broker,
    cluster: connected.cluster,
    payloads: openDepot(connected, options.payloadsDirectory),
    openStore: storeOpener(connected, (file) => path.resolve(options.workingDirectory, file)),
    stepTypes,
    loadConnector: async (type) => (await loadInstalled(type)) ?? loadConnector(type),
    resolveConfig: (config) => resolveHoles(config, { env, secret }),
    resolvePath: (file) => path.resolve(options.workingDirectory, file),
    log: options.log,
    clock: systemClock,
  };
}

function storeOpener(
  { objectStore }: Connected,
  resolvePath: (file: string) => string,
): RuntimeParts['openStore'] {
  return (type, config) => {
    const { prefix } = config as { readonly prefix?: string };
    switch (type) {
      case 'disk':
        return diskStore(resolvePath(String(config.directory)));
      case 's3':
        return bucketStore(s3Bucket(config as unknown as S3Settings), prefix);
      case 'azure':
        return bucketStore(azureBucket(config as unknown as AzureSettings), prefix);
      case 'gcs':
        return bucketStore(gcsBucket(config as unknown as GcsSettings), prefix);
      case 'nats':
        return objectStore(config as { readonly bucket?: string; readonly replicas?: number });
    }
  };
}

function openDepot({ broker }: Connected, directory: string): PayloadDepot {
  const holders = new PayloadHolders(() => broker.bucket(buckets.payloads));
  return new PayloadDepot(new Map([[engineStore, diskStore(path.resolve(directory))]]), holders);
}

/** `VRSKY_SECRET_<NAME>` wins over the file of that name. */
export function secretLookup(directory: string | undefined): (name: string) => string | undefined {
  return (name) => process.env[`VRSKY_SECRET_${name}`] ?? secretFile(directory, name);
}

function secretFile(directory: string | undefined, name: string): string | undefined {
  if (directory === undefined || !/^[\w.-]+$/.test(name) || name.startsWith('.')) return undefined;
  try {
    return readFileSync(path.join(directory, name), 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
