// Azurite, Microsoft's own emulator of Azure Blob Storage, for tests; from npm.
import path from 'node:path';
import { type ChildServer, startChildServer } from './child-server.ts';
import { type Missing, npmPackage } from './fetched.ts';

export interface Azurite {
  readonly child: ChildServer;
  /** Its URL. */
  readonly account: string;
  readonly accountKey: string;
  connectionString(key?: string): string;
}

/** Known to everybody: it comes with Azurite. */
const known = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

/** Files of a certificate that this process trusts. With one, tokens are taken too, which it looks into but does not verify. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export async function startAzurite(tls?: Certificate): Promise<Azurite | Missing> {
  const found = await npmPackage('azurite', '3.37.0');
  if (typeof found !== 'string') return found;
  const child = await startChildServer({
    command: process.execPath,
    args: (port, folder) => [
      path.join(found, 'dist/src/blob/main.js'),
      ...['--blobPort', String(port), '--blobHost', '127.0.0.1', '--location', folder],
      ...['--skipApiVersionCheck', '--disableTelemetry', '--silent', '--loose'],
      ...(tls === undefined ? [] : ['--cert', tls.cert, '--key', tls.key, '--oauth', 'basic']),
    ],
    ...(tls === undefined ? {} : { scheme: 'https' }),
    // It writes down what containers there are when it ends, and every five seconds.
    killedBy: 'SIGTERM',
  });
  const account = `${child.url}/${known.name}`;
  const protocol = new URL(child.url).protocol.replace(':', '');
  return {
    child,
    account,
    accountKey: known.key,
    connectionString: (key = known.key) =>
      `DefaultEndpointsProtocol=${protocol};AccountName=${known.name};AccountKey=${key};BlobEndpoint=${account};`,
  };
}
