// Connects to the NATS servers of a configuration; errors say whether trying again helps.
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { errors } from '@nats-io/nats-core';
import {
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import {
  type ConnectorContext,
  identityOf,
  NotConnectedError,
  PermanentError,
} from '../../engine/connector/index.ts';
import type { NatsProducerConfig } from './config.gen.ts';

/** Where the servers are and how to be let in. */
export type NatsAccess = Pick<
  NatsProducerConfig,
  'servers' | 'credentials' | 'user' | 'password' | 'token' | 'tls'
>;

const connectTimeoutMs = 5_000;

/**
 * Once connected it reconnects for ever, unless the credentials are refused. Throws NotConnectedError when nobody answers or the signal
 * aborts, PermanentError when the credentials are refused. The caller closes the connection.
 */
export async function openConnection(
  config: NatsAccess,
  context: ConnectorContext,
  options: { readonly name?: string; readonly signal?: AbortSignal } = {},
): Promise<NatsConnection> {
  const servers = serverList(config.servers);
  // To the client the scheme is decoration.
  const isPlain = config.tls === undefined && !servers.some((server) => server.startsWith('tls://'));
  const connecting = connect({
    servers: [...servers],
    name: options.name ?? `vrsky ${context.flow}/${context.name}`,
    timeout: connectTimeoutMs,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    pingInterval: 10_000,
    maxPingOut: 2,
    ...(await access(config, context)),
    ...(isPlain
      ? {}
      : { tls: { ...tlsOptions(config.tls ?? {}, context), ...identityOf(servers.map(nameOf)) } }),
  });
  try {
    return await orAbort(connecting, options.signal ?? context.signal);
  } catch (error) {
    throw connectFailure(error as Error, servers);
  }
}

/**
 * The same for those, and only those, that may do without a connection of their own: not for files that were written anew in between. Holds
 * what the access holds: it is nothing to show.
 */
export function accessKey(
  { servers, credentials, user, password, token, tls }: NatsAccess,
  context: ConnectorContext,
): string {
  const files = [credentials, tls?.ca, tls?.cert, tls?.key].map((file) =>
    file === undefined ? undefined : versionOf(context.resolvePath(file)),
  );
  return JSON.stringify([servers, user, password, token, tls, files]);
}

/** The file as it is now. That it cannot be read is found when it is. */
function versionOf(file: string): readonly (string | number)[] {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? [file] : [file, found.mtimeMs, found.size, found.ino];
}

/** Throws PermanentError without repeating them when addresses hold credentials, which would show up in logs. */
function serverList(servers: NatsAccess['servers']): readonly string[] {
  const list = (typeof servers === 'string' ? servers.split(',') : servers).map((server) => server.trim());
  if (list.some((server) => server.includes('@')))
    throw new PermanentError(
      'servers: write `user` and `password` (or `token`) instead of credentials in addresses',
    );
  return list;
}

function nameOf(server: string): string {
  return server.replace(/^\w+:\/\//, '').replace(/:\d+$/, '');
}

function connectFailure(error: Error, servers: readonly string[]): Error {
  if (error instanceof NotConnectedError) return error;
  const list = servers.join(', ');
  const isRefusal =
    error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError;
  if (isRefusal) return new PermanentError(`${list} refused the credentials`, { cause: error });
  return new NotConnectedError(`cannot connect to ${list}: ${error.message}`, { cause: error });
}

/** The client cannot be told to stop connecting: what comes of it after the abort is closed. */
async function orAbort(connecting: Promise<NatsConnection>, signal: AbortSignal): Promise<NatsConnection> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(new NotConnectedError('stopped while connecting'));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([connecting, aborted.promise]);
  } catch (error) {
    void connecting.then((connection) => connection.close()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function access(config: NatsAccess, context: ConnectorContext): Promise<NodeConnectionOptions> {
  const { user, password, token, credentials } = config;
  return {
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    ...(token === undefined ? {} : { token }),
    ...(credentials === undefined
      ? {}
      : { authenticator: credsAuthenticator(await readCredentials(context.resolvePath(credentials))) }),
  };
}

async function readCredentials(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new PermanentError(`cannot read the credentials file ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function tlsOptions(
  { ca, cert, key, rejectUnauthorized }: NonNullable<NatsAccess['tls']>,
  { resolvePath }: ConnectorContext,
): NonNullable<NodeConnectionOptions['tls']> {
  return {
    ...(ca === undefined ? {} : { caFile: resolvePath(ca) }),
    ...(cert === undefined ? {} : { certFile: resolvePath(cert) }),
    ...(key === undefined ? {} : { keyFile: resolvePath(key) }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
  };
}
