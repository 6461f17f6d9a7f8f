// Azurite, Microsoft's own emulator of Azure Blob Storage, for tests; from npm.
import path from 'node:path';
import { type ChildServer, startChildServer } from './child-server.ts';
import { type Missing, npmPackage } from './fetched.ts';

export interface Azurite {
  readonly child: ChildServer;
  connectionString(key?: string): string;
}

/** Known to everybody: it comes with Azurite. */
const account = {
  name: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};

export async function startAzurite(): Promise<Azurite | Missing> {
  const found = await npmPackage('azurite', '3.37.0');
  if (typeof found !== 'string') return found;
  const child = await startChildServer({
    command: process.execPath,
    args: (port, folder) => [
      path.join(found, 'dist/src/blob/main.js'),
      ...['--blobPort', String(port), '--blobHost', '127.0.0.1', '--location', folder],
      ...['--skipApiVersionCheck', '--disableTelemetry', '--silent', '--loose'],
    ],
    // It writes down what containers there are when it ends, and every five seconds.
    killedBy: 'SIGTERM',
  });
  const { name } = account;
  return {
    child,
    connectionString: (key = account.key) =>
      `DefaultEndpointsProtocol=http;AccountName=${name};AccountKey=${key};BlobEndpoint=${child.url}/${name};`,
  };
}
