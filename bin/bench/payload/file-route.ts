// A file in, a file out.
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { openPayloadArena } from '../../torture/payload-arena.ts';
import { type BenchStore, writeSynced } from './bench-store.ts';
import type { Route } from './route.ts';

export async function fileRoute(store: BenchStore): Promise<Route> {
  const arena = await openPayloadArena({ built: true, store: store.spec });
  const { directory, engine } = arena;
  const source = path.join(directory, 'prepared', 'a.bin');
  return {
    directory,
    engine,
    prepare: (bytes) => arena.prepare('a.bin', bytes),
    async bare(bare) {
      const target = path.join(directory, 'bare-out');
      const { size } = await stat(source);
      await bare.put(createReadStream(source, { highWaterMark: 256 * 1024 }), size);
      await writeSynced(target, await bare.get());
      await bare.clear();
      await rm(target);
    },
    async carry() {
      await arena.offer('a.bin');
      await arena.written('a.bin');
      return () => arena.arrived('a.bin');
    },
    close: arena.close,
  };
}
