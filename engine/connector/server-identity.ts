// Whom a certificate must be about when servers are named by IP address: the NATS client hands on names only, and Node.js takes "localhost" then.
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

export interface ServerIdentity {
  readonly checkServerIdentity?: (name: string, certificate: PeerCertificate) => Error | undefined;
}

/** TLS options beside the client's own, for hosts as in `127.0.0.1`, `[::1]` or `bus.example.com`. */
export function identityOf(hosts: readonly string[]): ServerIdentity {
  const addresses = hosts.map((host) => host.replace(/^\[|\]$/g, '')).filter((host) => isIP(host) !== 0);
  if (addresses.length === 0) return {};
  const isNamed = hosts.includes('localhost');
  return {
    checkServerIdentity: (name, certificate) => {
      if (name !== 'localhost' || isNamed) return checkServerIdentity(name, certificate);
      const mistakes = addresses.map((address) => checkServerIdentity(address, certificate));
      return mistakes.includes(undefined) ? undefined : mistakes[0];
    },
  };
}
