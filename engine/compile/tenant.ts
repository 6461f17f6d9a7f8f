// A connection serves one tenant: flows of another are refused by name.
import { VrskyError } from '../diagnostics/vrsky-error.ts';

/** Throws VRS5003 when some belong to another tenant. */
export function requireTenant(flows: readonly { readonly tenant: string }[], tenant: string): void {
  const others = [...new Set(flows.map((flow) => flow.tenant))].filter((name) => name !== tenant);
  if (others.length === 0) return;
  throw new VrskyError(
    'VRS5003',
    `these manifests belong to the tenant ${others.join(', ')}, and this runs for ${tenant}`,
    { help: `Run once per tenant: --tenant ${others[0]}` },
  );
}
