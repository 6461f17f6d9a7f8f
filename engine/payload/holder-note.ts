// The note that is kept of an object which more than one message may need: who holds it, and until when.
import type { PayloadReference } from './reference.ts';

/** What a note says of the object itself. */
export type HeldObject = Pick<PayloadReference, 'key' | 'store' | 'size' | 'expiresAt'>;

/** What stands in the bucket under an object's key. A holder is the message id under which a message with the reference is stored. */
export interface HolderEntry {
  readonly store: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch; later than the key says when a delivery went on for longer. */
  readonly expiresAt: number;
  /** Messages in transit. */
  readonly holders: readonly string[];
  /** Dead letters: they keep the object however old it gets. */
  readonly dead: readonly string[];
  /** Those that are through. A retry that publishes the same message once more adds no holder: JetStream drops the repetition. */
  readonly released: readonly string[];
  /** By holder: who is using what may be used once, and until when (milliseconds since the epoch) nobody else may. */
  readonly claims?: Readonly<Record<string, { readonly by: string; readonly until: number }>>;
  /** The object is being deleted: nobody may hold it any more. */
  readonly collecting?: true;
}

/** The first note of an object. */
export function noteOf(
  { store, size, expiresAt }: HeldObject,
  those: Partial<Pick<HolderEntry, 'holders' | 'dead' | 'released' | 'expiresAt'>>,
): HolderEntry {
  return { store, size, expiresAt, holders: [], dead: [], released: [], ...those };
}

/** Whether no message and no dead letter needs the object. */
export function isFree(entry: HolderEntry): boolean {
  return entry.holders.length === 0 && entry.dead.length === 0;
}

/** Narrows a bucket entry; undefined for what is none of ours. */
export function entryOf(value: unknown): HolderEntry | undefined {
  const entry = value as Partial<HolderEntry> | null | undefined;
  return Array.isArray(entry?.holders) && Array.isArray(entry.dead) && Array.isArray(entry.released)
    ? (entry as HolderEntry)
    : undefined;
}

/** The entry without the claim on that holder. */
export function withoutClaim(entry: HolderEntry, holder: string): HolderEntry {
  if (entry.claims?.[holder] === undefined) return entry;
  const { [holder]: _, ...claims } = entry.claims;
  return { ...entry, claims };
}

export function withHolders(entry: HolderEntry, added: readonly string[]): HolderEntry {
  const holders = [...new Set([...entry.holders, ...added])];
  return holders.length === entry.holders.length ? entry : { ...entry, holders };
}

export function without(list: readonly string[], item: string): readonly string[] {
  return list.includes(item) ? list.filter((one) => one !== item) : list;
}
