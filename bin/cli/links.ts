// The HTTP server of a worker that serves links to payloads.
import { buckets } from '../../engine/compile/topology.ts';
import type { Connected } from '../../engine/nats/connect.ts';
import { linkIssuer } from '../../engine/payload/links/link-issuer.ts';
import { linkKey } from '../../engine/payload/links/link-key.ts';
import { type LinkServer, startLinkServer } from '../../engine/payload/links/link-server.ts';
import type { RuntimeParts } from '../../engine/runtime/runtime-parts.ts';
import type { ListenAddress } from './listen-address.ts';

/** From now on flows of this worker hand out links below `linksUrl`, or below the address itself. */
export async function serveLinks(
  { broker }: Connected,
  { payloads, log }: RuntimeParts,
  address: ListenAddress,
  { linksUrl }: { readonly linksUrl?: string },
): Promise<LinkServer> {
  const secret = await linkKey(await broker.bucket(buckets.state));
  const server = await startLinkServer({ ...address, secret, depot: payloads, now: Date.now, log });
  payloads.issuer = linkIssuer(linksUrl ?? server.origin, secret);
  return server;
}
