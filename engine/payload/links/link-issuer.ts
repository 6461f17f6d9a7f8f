// Makes links that lead to this engine's own HTTP server.
import { type PayloadLink, signLink } from './link-token.ts';

/** Where links are served, below the base URL. */
export const linkPath = '/payloads/';

export interface LinkIssuer {
  issue(link: PayloadLink): string;
}

/** `base`: how partners reach the server, e.g. `https://files.acme.example`. */
export function linkIssuer(base: string, secret: Uint8Array): LinkIssuer {
  const root = base.replace(/\/+$/, '');
  return { issue: (link) => root + linkPath + signLink(link, secret) };
}
