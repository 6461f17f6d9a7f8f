// Connects to NATS and composes the broker and the cluster on that one connection.
import { readFile } from 'node:fs/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import {
  connect as connectNats,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import type { Cluster } from '../apply/cluster.ts';
import { identityOf } from '../connector/server-identity.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { PayloadStore } from '../payload/payload-store.ts';
import type { Broker } from '../runtime/ports.ts';
import { NatsBroker } from './broker.ts';
import { NatsCluster } from './cluster.ts';
import { type NatsStoreSettings, natsStore } from './object-store.ts';
import { parseAddresses } from './server-address.ts';

export interface ConnectOptions {
  /** As {@link parseAddresses} reads them. */
  readonly servers: readonly string[];
  /** As `nsc` and NATS documentation call it: JWT and seed in one file. */
  readonly credentialsFile?: string;
  readonly tls?: {
    readonly caFile?: string | undefined;
    readonly certFile?: string | undefined;
    readonly keyFile?: string | undefined;
  };
  /** Shown in the server's list of connections. */
  readonly name: string;
  readonly onStatus?: (status: string) => void;
}

export interface Connected {
  readonly broker: Broker;
  readonly cluster: Cluster;
  /** A store of payloads in JetStream; connects when first used. */
  readonly objectStore: (settings: NatsStoreSettings) => PayloadStore;
  /** Resolves when the connection is closed for good. */
  readonly closed: Promise<unknown>;
}

export const minimumServerVersion = '2.14.0';

/** A cluster that is electing a leader does not answer for a while. */
const electionMs = 20_000;

/** Throws VRS8001 when no server answers, VRS8002 when it is older than 2.14, VRS8004 when it has no JetStream for this account. */
export async function connectBroker(options: ConnectOptions): Promise<Connected> {
  const connection = await open(options);
  try {
    requireVersion(connection, options);
    const manager = await openManager(connection, options);
    const cluster = new NatsCluster(connection, manager);
    return {
      broker: new NatsBroker(connection, cluster, options.onStatus ?? (() => undefined)),
      cluster,
      objectStore: (settings) => natsStore(connection, settings),
      closed: connection.closed(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function openManager(
  connection: NatsConnection,
  { servers, onStatus }: ConnectOptions,
): Promise<JetStreamManager> {
  const { hosts } = parseAddresses(servers);
  const giveUpAt = Date.now() + electionMs;
  for (;;) {
    try {
      return await jetstreamManager(connection);
    } catch (error) {
      const isSilent = (error as Error).name === 'TimeoutError';
      if (isSilent && Date.now() < giveUpAt) {
        onStatus?.('JetStream does not answer yet, asking again');
        continue;
      }
      const help = isSilent
        ? 'Has the cluster a leader? `nats server report jetstream` shows it.'
        : 'Start it with --jetstream, or enable JetStream for the account.';
      const message = `the NATS server at ${hosts.join(', ')} has no JetStream for this account`;
      throw new VrskyError('VRS8004', message, { cause: error, help });
    }
  }
}

async function open(options: ConnectOptions): Promise<NatsConnection> {
  const { credentialsFile } = options;
  const { hosts, tls: demandsTls, login } = parseAddresses(options.servers);
  const tls = options.tls ?? (demandsTls ? {} : undefined);
  const settings: NodeConnectionOptions = {
    servers: [...hosts],
    name: options.name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 10_000,
    maxPingOut: 2,
    // A stack trace for each request is a tenth of the work of starting a thousand flows, and errors say what was tried anyway.
    noAsyncTraces: true,
    ...(credentialsFile === undefined
      ? {}
      : { authenticator: credsAuthenticator(await readCredentials(credentialsFile)) }),
    ...login,
    ...(tls === undefined ? {} : { tls: tlsOptions(tls, hosts) }),
  };
  try {
    return await connectNats(settings);
  } catch (error) {
    throw new VrskyError(
      'VRS8001',
      `cannot connect to NATS at ${hosts.join(', ')}: ${(error as Error).message}`,
      { cause: error, retryable: true, help: 'Is it running, and do address, credentials and TLS match?' },
    );
  }
}

function nameOf(host: string): string {
  return host.slice(0, host.lastIndexOf(':'));
}

function tlsOptions(
  { caFile, certFile, keyFile }: NonNullable<ConnectOptions['tls']>,
  hosts: readonly string[],
): NonNullable<NodeConnectionOptions['tls']> {
  return {
    ...(caFile === undefined ? {} : { caFile }),
    ...(certFile === undefined ? {} : { certFile }),
    ...(keyFile === undefined ? {} : { keyFile }),
    ...identityOf(hosts.map(nameOf)),
  };
}

async function readCredentials(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new VrskyError('VRS8001', `cannot read the credentials file ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function requireVersion(connection: NatsConnection, options: ConnectOptions): void {
  const version = connection.info?.version ?? '0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = minimumServerVersion.split('.').map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  const { hosts } = parseAddresses(options.servers);
  const message = `the NATS server at ${hosts.join(', ')} (${connection.info?.server_name}) is version ${version}; VRSky needs ${minimumServerVersion} or newer`;
  throw new VrskyError('VRS8002', message, { help: 'Upgrade nats-server.' });
}
