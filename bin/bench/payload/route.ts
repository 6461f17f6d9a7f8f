// A way through the engine, and the same way with bare streams.
import type { EngineProcess } from '../../torture/engine-process.ts';
import type { BareStore } from './bench-store.ts';

export interface Route {
  readonly directory: string;
  /** Not started yet. */
  readonly engine: EngineProcess;
  /** Makes what is to be carried; answers its SHA-256. */
  prepare(bytes: number): Promise<string>;
  bare(store: BareStore): Promise<void>;
  /** Resolves as soon as all of it arrived, with what tells its SHA-256. */
  carry(): Promise<() => Promise<string>>;
  close(): Promise<void>;
}
