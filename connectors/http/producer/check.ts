// Checks that an HTTP producer's server is there and takes its credentials, without delivering anything.
import { compileAuth, requestLine } from '../../../engine/connector/http/index.ts';
import { type ConnectorContext, PermanentError } from '../../../engine/connector/index.ts';
import type { HttpProducerConfig } from '../config.ts';
import { createClient } from './producer.ts';
import { compileHeaders } from './request-headers.ts';
import { compileTarget } from './target.ts';

const nothing = Buffer.alloc(0);

/**
 * Sends one HEAD: to the URL itself, to the root when its path has holes, to nobody when its host has. Only 401 and 403 count against
 * it: that HEAD is not implemented says nothing about the rest. Rejects with one of the connector errors.
 */
export async function checkProducer(config: HttpProducerConfig, context: ConnectorContext): Promise<void> {
  const target = compileTarget(config, context);
  compileHeaders(config, context);
  const authenticate = compileAuth(config.auth);
  const url = target.fixed ?? (target.origin === undefined ? undefined : new URL(target.origin));
  const client = createClient(config, context);
  try {
    if (url === undefined) return;
    const headers: Record<string, string> = { 'user-agent': 'vrsky', ...plainHeaders(config) };
    authenticate(headers, { id: 'check', body: nothing, nowMs: Date.now() });
    const request = { method: 'HEAD', url, headers, body: undefined, trustedHost: true };
    const { status } = await client.request(request, context.signal);
    if (status === 401 || status === 403) {
      throw new PermanentError(
        `${requestLine(request)} answered ${status}: the credentials are not accepted`,
      );
    }
  } finally {
    await client.close();
  }
}

/** Headers without holes: keys often travel in them. */
function plainHeaders(config: HttpProducerConfig): Record<string, string> {
  const plain = Object.entries(config.headers ?? {}).filter(([, text]) => !text.includes('{{'));
  return Object.fromEntries(plain.map(([name, text]) => [name.toLowerCase(), text]));
}
