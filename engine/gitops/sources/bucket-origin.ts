// Flows from a prefix of an S3 bucket: lists it, reads what changed, and names the revision by the content.
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import { decodeSource } from '../../manifest/decode-source.ts';
import { isManifestFile } from '../../manifest/read-sources.ts';
import type { FoundObject, ObjectReader } from '../../payload/stores/s3/s3-reader.ts';
import { treeLimits } from '../git/tree.ts';
import { contentId, snapshotOf, unusable } from './directory-origin.ts';
import type { Origin, Snapshot } from './origin.ts';

/** `name` is for people: `s3://bucket/prefix`. Objects whose names would be no manifests are passed over. */
export function bucketOrigin(name: string, reader: ObjectReader): Origin {
  let known = new Map<string, { readonly etag: string; readonly bytes: Uint8Array }>();
  let latest: { readonly id: string; readonly snapshot: Snapshot } | undefined;
  return {
    async fetch(_accepted, signal) {
      const found = await attempt(() => listed(reader, signal));
      const now = new Map<string, { readonly etag: string; readonly bytes: Uint8Array }>();
      for (const { key, etag } of found) {
        const before = known.get(key);
        const bytes = before?.etag === etag ? before.bytes : await attempt(() => reader.read(key, signal));
        now.set(key, { etag, bytes });
      }
      known = now;
      const decoded = [...now].map(([key, { bytes }]) => decodeSource(key, bytes));
      const sources = decoded.flatMap(({ value }) => value ?? []);
      const id = contentId(sources);
      const diagnostics = decoded.flatMap((one) => one.diagnostics);
      latest = { id, snapshot: { sources, diagnostics, readFile: noFiles } };
      return { id, label: `${name}@${id.slice(7, 19)}` };
    },
    verify: async () => undefined,
    read: async (revision) => snapshotOf(latest, revision),
  };
}

function noFiles(): never {
  throw new Error('samples are not read from a bucket');
}

async function listed(reader: ObjectReader, signal: AbortSignal): Promise<readonly FoundObject[]> {
  const found: FoundObject[] = [];
  let bytes = 0;
  for await (const object of reader.list(signal)) {
    const parts = object.key.split('/');
    if (parts.some((part) => part.startsWith('.')) || !isManifestFile(parts.at(-1) ?? '')) continue;
    bytes += object.size;
    found.push(object);
    if (found.length > treeLimits.maxManifests || bytes > treeLimits.maxTotalBytes)
      throw new VrskyError('VRS7008', 'the prefix holds more manifests than a source may have', {
        help: 'Name the prefix that holds the flows and nothing else.',
      });
  }
  return found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof VrskyError) throw error;
    throw unusable((error as Error).message, error);
  }
}
