// Flows from a folder of this machine: its revision is what the manifests hold.
import { createHash } from 'node:crypto';
import { hasErrors } from '../../diagnostics/diagnose.ts';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import { sampleReader } from '../../flow/sample-files.ts';
import { readSources } from '../../manifest/read-sources.ts';
import type { Source } from '../../manifest/source.ts';
import type { Origin, Revision, Snapshot } from './origin.ts';

/** A folder that cannot be read may be there again later: a volume, a checkout in the making. */
export function directoryOrigin(directory: string): Origin {
  let latest: { readonly id: string; readonly snapshot: Snapshot } | undefined;
  return {
    async fetch() {
      const { sources, diagnostics } = readSources([directory]);
      const unreadable = diagnostics.find(({ code }) => code === 'VRS1009' || code === 'VRS1010');
      if (unreadable !== undefined && hasErrors(diagnostics)) throw unusable(unreadable.message);
      const id = contentId(sources);
      latest = { id, snapshot: { sources, diagnostics, readFile: sampleReader() } };
      return { id, label: `${directory}@${id.slice(7, 19)}` };
    },
    verify: async () => undefined,
    read: async (revision: Revision) => snapshotOf(latest, revision),
  };
}

/** Names what was read by its content. */
export function contentId(sources: readonly Source[]): string {
  const hash = createHash('sha256');
  for (const { file, text } of sources) hash.update(JSON.stringify([file, text]));
  return `sha256:${hash.digest('hex')}`;
}

export function snapshotOf(
  latest: { readonly id: string; readonly snapshot: Snapshot } | undefined,
  { id, label }: Revision,
): Snapshot {
  if (latest?.id === id) return latest.snapshot;
  throw unusable(`${label} is not what is there now`);
}

export function unusable(message: string, cause?: unknown): VrskyError {
  return new VrskyError('VRS7013', `the source cannot be read: ${message}`, { retryable: true, cause });
}
