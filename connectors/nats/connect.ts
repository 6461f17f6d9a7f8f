// Connects to the NATS servers of a configuration; errors say whether trying again helps.
import { readFile } from 'node:fs/promises';
import {
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
  type TlsOptions,
} from '@nats-io/transport-node';
import { type ConnectorContext, NotConnectedError, PermanentError } from '../../engine/connector/index.ts';
import type { NatsAccess } from './config.ts';

/** Throws NotConnectedError when nobody answers, PermanentError when the credentials are refused. */
export async function openConnection(config: NatsAccess, context: ConnectorContext): Promise<NatsConnection> {
  const servers = typeof config.servers === 'string' ? config.servers.split(',') : [...config.servers];
  try {
    const connection = await connect({
      servers,
      name: `vrsky ${context.flow}/${context.name}`,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      ...(await access(config, context)),
    });
    const close = () => void connection.close();
    context.signal.addEventListener('abort', close, { once: true });
    if (context.signal.aborted) close();
    return connection;
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof PermanentError) throw error;
    if (/authoriz|authentic|permission/i.test(message))
      throw new PermanentError(`${servers.join(', ')} refused the credentials`, { cause: error });
    throw new NotConnectedError(`cannot connect to ${servers.join(', ')}: ${message}`, { cause: error });
  }
}

async function access(config: NatsAccess, context: ConnectorContext): Promise<NodeConnectionOptions> {
  const { user, password, token, credentials, tls } = config;
  return {
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    ...(token === undefined ? {} : { token }),
    ...(credentials === undefined
      ? {}
      : { authenticator: credsAuthenticator(await readCredentials(context.resolvePath(credentials))) }),
    ...(tls === undefined ? {} : { tls: tlsOptions(tls, context) }),
  };
}

async function readCredentials(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new PermanentError(`cannot read the credentials file ${file}`, { cause: error });
  }
}

function tlsOptions(tls: NonNullable<NatsAccess['tls']>, { resolvePath }: ConnectorContext): TlsOptions {
  return {
    ...(tls.ca === undefined ? {} : { caFile: resolvePath(tls.ca) }),
    ...(tls.cert === undefined ? {} : { certFile: resolvePath(tls.cert) }),
    ...(tls.key === undefined ? {} : { keyFile: resolvePath(tls.key) }),
    ...(tls.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: tls.rejectUnauthorized }),
  } as TlsOptions;
}
