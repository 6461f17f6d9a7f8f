// Certificates and keys that a configuration names as files.
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { PermanentError } from '../errors.ts';

/** TLS towards a server. Paths as in the manifest. */
export interface ClientTls {
  /** Certificates to trust instead of the system's. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized?: boolean;
  /** The name the server's certificate must carry; the URL's host when absent. */
  readonly servername?: string;
}

type Files = Partial<Record<'ca' | 'cert' | 'key', string>>;

/** The contents of the files that are named. Throws PermanentError for one that cannot be read, or a key that does not fit. */
export function readTlsFiles(tls: Files, resolvePath: (path: string) => string): SecureContextOptions {
  const contents: Partial<Record<'ca' | 'cert' | 'key', Buffer>> = {};
  for (const field of ['ca', 'cert', 'key'] as const) {
    const path = tls[field];
    if (path !== undefined) contents[field] = readPem(field, resolvePath(path));
  }
  try {
    createSecureContext(contents);
  } catch (error) {
    throw new PermanentError(`tls: ${(error as Error).message}`, { cause: error });
  }
  return contents;
}

function readPem(field: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new PermanentError(`tls.${field}: ${(error as Error).message}`, { cause: error });
  }
}
