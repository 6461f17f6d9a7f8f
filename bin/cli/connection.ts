// The options by which verbs find their NATS server, and the connection itself.
import { type Command, Option } from 'commander';
import { VrskyError } from '../../engine/diagnostics/vrsky-error.ts';
import type { Connected } from '../../engine/nats/connect.ts';

export interface ConnectionOptions {
  readonly server?: string;
  readonly creds?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

export function withConnection(command: Command): Command {
  return command
    .addOption(
      new Option(
        '-s, --server <url>',
        'NATS server(s), comma-separated; the running `vrsky dev` when absent',
      ).env('VRSKY_SERVER'),
    )
    .addOption(new Option('--creds <file>', 'NATS credentials file').env('VRSKY_CREDS'))
    .option('--tls-ca <file>', 'certificate authority to trust')
    .option('--tls-cert <file>', 'client certificate')
    .option('--tls-key <file>', 'client key');
}

/** Connects as `name`. Throws VRS8001 with what to do when there is no server to be found. */
export async function openConnection(options: ConnectionOptions, name: string): Promise<Connected> {
  const { connectBroker } = await import('../../engine/nats/connect.ts');
  const servers = isGiven(options.server) ? options.server.split(',') : [await devServerUrl()];
  const tls = { caFile: options.tlsCa, certFile: options.tlsCert, keyFile: options.tlsKey };
  return connectBroker({
    servers,
    name,
    ...(options.creds === undefined ? {} : { credentialsFile: options.creds }),
    ...(Object.values(tls).some((file) => file !== undefined) ? { tls } : {}),
  });
}

/** An empty environment variable names nothing. */
export function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

async function devServerUrl(): Promise<string> {
  const { announcedServer } = await import('./announced-server.ts');
  const found = await announcedServer();
  if (found !== undefined) return found.url;
  throw new VrskyError(
    'VRS8001',
    'no NATS server: neither --server nor VRSKY_SERVER is given, and no `vrsky dev` runs here',
    {
      help: 'Start one with `vrsky dev FLOWS` in this folder, or name one: --server nats://host:4222',
    },
  );
}
