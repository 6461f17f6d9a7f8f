// Files in, files out.
import { createReadStream } from 'node:fs';
import { copyFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type ArenaOptions, openPayloadArena } from '../../torture/payload-arena.ts';
import { type BenchStore, writeSynced } from './bench-store.ts';
import { type Route, someAtOnce } from './route.ts';

const payload = 'payload.bin';

export async function fileRoute(
  store: BenchStore,
  options: Pick<ArenaOptions, 'payload'> = {},
): Promise<Route> {
  const arena = await openPayloadArena({ ...options, built: true, store: store.spec });
  const { directory, engine } = arena;
  const prepared = (name: string) => path.join(directory, 'prepared', name);
  return {
    directory,
    engine,
    prepare: (bytes) => arena.prepare(payload, bytes),
    async load(names) {
      for (const name of names) await copyFile(prepared(payload), prepared(name));
    },
    async bare(bare, names) {
      const { size } = await stat(prepared(payload));
      await someAtOnce(names, async (name) => {
        const file = prepared(name);
        await bare.put(name, createReadStream(file, { highWaterMark: 256 * 1024 }), size);
        await writeSynced(path.join(directory, name), await bare.get(name));
        await rm(file);
      });
    },
    async carry(names) {
      for (const name of names) await arena.offer(name);
      for (const name of names) await arena.written(name);
      return async () => {
        const digests: string[] = [];
        for (const name of names) digests.push(await arena.arrived(name));
        return digests;
      };
    },
    async unload(names) {
      for (const name of names)
        for (const file of [path.join(directory, name), path.join(directory, 'out', name)])
          await rm(file, { force: true });
    },
    close: arena.close,
  };
}
