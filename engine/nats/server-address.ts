// Addresses of NATS servers as people write them: where, whether over TLS, and as whom.
import { VrskyError } from '../diagnostics/vrsky-error.ts';

export interface ServerAddresses {
  /** `host:port`, without credentials: fit for messages. */
  readonly hosts: readonly string[];
  /** Whether an address demands TLS. */
  readonly tls: boolean;
  readonly login: { readonly user: string; readonly pass: string } | { readonly token: string } | undefined;
}

const defaultPort = 4222;

/** Reads `host`, `host:port`, `nats://…`, `tls://…`, with `user:password@` or `token@` before the host. Throws VRS8001. */
export function parseAddresses(servers: readonly string[]): ServerAddresses {
  const urls = servers
    .map((server) => server.trim())
    .filter((server) => server !== '')
    .map(parseAddress);
  if (urls.length === 0) throw malformed('it is empty');
  const [named] = urls.filter(({ username }) => username !== '');
  return {
    hosts: urls.map(({ hostname, port }) => `${hostname}:${port === '' ? defaultPort : port}`),
    tls: urls.some(({ protocol }) => protocol === 'tls:'),
    login: named === undefined ? undefined : loginOf(named),
  };
}

function parseAddress(server: string): URL {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(server);
  const url = URL.parse(hasScheme ? server : `nats://${server}`);
  if (url === null || url.hostname === '') throw malformed('it is no address');
  if (url.protocol !== 'nats:' && url.protocol !== 'tls:') throw malformed(`${url.protocol}// is not spoken`);
  return url;
}

function loginOf({ username, password }: URL): ServerAddresses['login'] {
  const [user, pass] = [decodeURIComponent(username), decodeURIComponent(password)];
  return pass === '' ? { token: user } : { user, pass };
}

/** Never repeats the address: it may hold a password. */
function malformed(why: string): VrskyError {
  return new VrskyError('VRS8001', `the address of the NATS server cannot be used: ${why}`, {
    help: 'Write nats://host:4222, or tls://host:4222 for TLS; several are separated by commas.',
  });
}
