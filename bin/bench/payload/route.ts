// A way through the engine, and the same way with bare streams.
import type { EngineProcess } from '../../torture/engine-process.ts';
import type { BareStore } from './bench-store.ts';

export interface Route {
  readonly directory: string;
  /** Not started yet. */
  readonly engine: EngineProcess;
  /** Makes a payload of that size; answers its SHA-256. */
  prepare(bytes: number): Promise<string>;
  /** Makes ready what is carried under these names: the payload, again and again. */
  load(names: readonly string[]): Promise<void>;
  /** So many at a time as others do beside the engine. */
  bare(store: BareStore, names: readonly string[]): Promise<void>;
  /** Resolves as soon as all of it arrived, with what tells the SHA-256 of each. */
  carry(names: readonly string[]): Promise<() => Promise<readonly string[]>>;
  /** Removes what arrived. */
  unload(names: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

const atOnce = 8;

/** A few of them at a time, in their order. */
export async function someAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const take = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, take));
}
