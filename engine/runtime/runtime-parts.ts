// What the composition root hands to the runtime.
import type { Cluster } from '../apply/cluster.ts';
import type { Connector } from '../connector/contract.ts';
import type { Json, JsonObject, ObjectStoreDefinition } from '../flow/graph.ts';
import type { PayloadDepot } from '../payload/depot.ts';
import type { PayloadStore } from '../payload/payload-store.ts';
import type { Clock } from './clock.ts';
import type { Log } from './flow-context.ts';
import type { Broker } from './ports.ts';
import type { StepTypes } from './stage-program.ts';

/** A configuration with its `${env:}` and `${secret:}` holes filled. */
export interface ResolvedConfig {
  readonly value: Json;
  /** Names without a value, as written in the manifest, e.g. `${env:NORWAY_URL}`. */
  readonly missing: readonly string[];
  /** The values of secrets, to be kept out of logs and dead letters. */
  readonly secrets: readonly string[];
}

export interface RuntimeParts {
  readonly broker: Broker;
  readonly cluster: Cluster;
  readonly payloads: PayloadDepot;
  /** A store of kind ObjectStore; connects when first used. Throws for a configuration that cannot work. */
  readonly openStore: (type: ObjectStoreDefinition['type'], config: JsonObject) => PayloadStore;
  readonly stepTypes: StepTypes;
  readonly loadConnector: (type: string) => Promise<Connector>;
  readonly resolveConfig: (config: Json) => ResolvedConfig;
  readonly resolvePath: (path: string) => string;
  readonly log: Log;
  readonly clock: Clock;
}
