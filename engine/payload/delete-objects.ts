// Deletes objects of a store together, with a few requests under way at once.
import type { PayloadStore } from './payload-store.ts';

/** Deleted together at most; S3 takes so many in one request. */
export const togetherObjects = 1000;
const atOnce = 16;

export async function deleteObjects(store: PayloadStore, keys: readonly string[]): Promise<void> {
  if (keys.length > 1 && store.deleteMany !== undefined) await store.deleteMany(keys);
  else throwFirst(await someAtOnce(keys, (key) => store.delete(key)));
}

/** Answers what went wrong. */
export async function someAtOnce<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<readonly unknown[]> {
  const failures: unknown[] = [];
  const left = items.values();
  const take = async () => {
    for (const item of left) await work(item).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: atOnce }, take));
  return failures;
}

export function throwFirst(failures: readonly unknown[]): void {
  if (failures.length > 0) throw failures[0];
}

/** In lists of so many at most. */
export function* slices<T>(items: readonly T[], length: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += length) yield items.slice(from, from + length);
}
