// Where a message goes: renders the URL and makes sure that message data can choose neither the host nor climb out of the path.
import { type ConnectorContext, type Message, PermanentError } from '../../../engine/connector/index.ts';
import type { HttpProducerConfig } from '../config.ts';

export interface Target {
  readonly url: URL;
  /** The author wrote this very host. */
  readonly trustedHost: boolean;
}

export interface TargetTemplate {
  /** Throws PermanentError for a message whose URL is not acceptable. */
  render(message: Message): Promise<Target>;
  /** The origin of every URL, when the author fixed it. */
  readonly origin: string | undefined;
  /** The whole URL, when it has no holes. */
  readonly fixed: URL | undefined;
}

type Settings = Pick<HttpProducerConfig, 'url' | 'allowHosts' | 'encodeUrl'>;

/** Throws PermanentError for a URL that can never work, and for a host with a hole without `allowHosts`. */
export function compileTarget(
  settings: Settings,
  context: Pick<ConnectorContext, 'template'>,
): TargetTemplate {
  const origin = fixedOrigin(settings.url);
  if (!settings.url.includes('{{')) return fixedTarget(parseUrl(settings.url));
  const allowed = settings.allowHosts ?? [];
  if (origin === undefined && allowed.length === 0) {
    throw new PermanentError(
      'url: message data chooses the host: list the hosts it may choose in allowHosts',
    );
  }
  // A hole that may hold a whole URL cannot be encoded; the host is checked instead.
  const encode = origin !== undefined && settings.encodeUrl !== false;
  const template = context.template(settings.url, encode ? { encode: encodeHole } : {});
  return {
    origin,
    fixed: undefined,
    async render(message) {
      const text = await rendered('url', () => template.render(message));
      const url = parseUrl(text);
      assertNoClimbing(text);
      if (origin === undefined) return { url, trustedHost: hostTrust(url, allowed) };
      if (url.origin !== origin) throw new PermanentError('url: message data changes the host');
      return { url, trustedHost: true };
    },
  };
}

/** Percent-encodes everything that could end a path segment or a parameter. What is an escape already is left as it is. */
function encodeHole(text: string): string {
  // Most are: an id, a code.
  if (/^[\w.~-]*$/.test(text)) return text;
  return text
    .split(/(%[0-9a-f]{2})/i)
    .map((part, index) => (index % 2 === 1 ? part : encodeURIComponent(part)))
    .join('');
}

/** Renders a template; what fails on this message's data fails again, so it is permanent. */
export async function rendered(field: string, render: () => string | Promise<string>): Promise<string> {
  try {
    return await render();
  } catch (error) {
    throw new PermanentError(`${field}: ${(error as Error).message}`, { cause: error });
  }
}

function fixedTarget(url: URL): TargetTemplate {
  const target: Target = { url, trustedHost: true };
  return { origin: url.origin, fixed: url, render: () => Promise.resolve(target) };
}

/** Scheme, host and port as far as they stand in front of the first hole: up to a slash, question mark or hash after `//`. */
function fixedOrigin(template: string): string | undefined {
  const start = /^https?:\/\/[^/?#\\{}]+(?=[/?#\\]|$)/i.exec(template)?.[0];
  return start === undefined ? undefined : parseUrl(start).origin;
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new PermanentError('url: not a URL that begins with http:// or https://');
  if (url.username !== '' || url.password !== '')
    throw new PermanentError('url: user and password belong into `auth: { type: basic }`');
  return url;
}

/** `..` in a path leads out of what stands before it, in clear or percent-encoded (WHATWG URL, "double-dot path segment"). */
function assertNoClimbing(text: string): void {
  if (!/[/\\](?:\.|%2e)/i.test(text)) return;
  const path = text.replace(/^https?:[/\\]*[^/\\?#]*/i, '').split(/[?#]/, 1)[0] ?? '';
  if (path.split(/[/\\]/).some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) {
    throw new PermanentError('url: message data has . or .. as a part of the path');
  }
}

/** Listed by name: trusted. Covered by a `*.` entry: may be called, but only at public addresses. Otherwise refused. */
function hostTrust(url: URL, allowed: readonly string[]): boolean {
  if (allowed.some((entry) => entry.toLowerCase() === url.host || entry.toLowerCase() === url.hostname))
    return true;
  if (allowed.some((entry) => entry.startsWith('*.') && url.hostname.endsWith(entry.slice(1).toLowerCase())))
    return false;
  throw new PermanentError(`url: ${url.host} is not among allowHosts`);
}
