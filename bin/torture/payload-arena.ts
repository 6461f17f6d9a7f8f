// A flow that carries files of any size from one folder to another, with its engine as a process that can be killed.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dropFolder, scratchFolder } from '../../engine/devserver/scratch-folder.ts';
import { startServer } from '../../engine/devserver/start-server.ts';
import { EngineProcess, vrsky } from './engine-process.ts';
import { Patience } from './patience.ts';

export interface ArenaOptions {
  /** The spec of an ObjectStore, when it is not the engine's own folder. */
  readonly store?: string | undefined;
  /** From file to file when absent. */
  readonly consumer?: string;
  readonly producer?: string;
  /** As in a manifest: `{ inline: 1MiB }`. */
  readonly payload?: string;
  /** The largest message that the NATS server takes, when it is not the default. */
  readonly maxPayload?: string;
  /** More arguments for `vrsky run`. */
  readonly args?: readonly string[];
  /** Whether the engine is what was built. */
  readonly built?: boolean;
}

const manifest = ({
  store,
  consumer = '{ name: inbox, type: file, directory: ./in, settle: 20ms, after: delete }',
  producer = `{ name: out, type: file, path: "./out/{{ $headers.'file-name' }}" }`,
  payload = '{}',
}: ArenaOptions) => `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: copy }
spec:
  consumers:
    - ${consumer}
  producers:
    - ${producer}
  payload: ${payload}
${store === undefined ? '' : `---\napiVersion: vrsky.io/v1\nkind: ObjectStore\nmetadata: { name: bench }\nspec: { ${store}, default: true }\n`}`;

export interface PayloadArena {
  readonly directory: string;
  readonly server: string;
  readonly engine: EngineProcess;
  /** Writes a file of so many bytes beside the inbox, of content that no two files share; answers its SHA-256. */
  prepare(name: string, bytes: number): Promise<string>;
  /** Moves a prepared file into the inbox. */
  offer(name: string): Promise<void>;
  /** Resolves once the file has come out. */
  written(name: string): Promise<void>;
  /** Resolves with the SHA-256 of the file once it has come out. */
  arrived(name: string): Promise<string>;
  close(): Promise<void>;
}

export async function openPayloadArena(options: ArenaOptions = {}): Promise<PayloadArena> {
  const directory = await scratchFolder('payloads');
  const server = await startServer({
    storeDir: path.join(directory, 'nats'),
    ...(options.maxPayload === undefined ? {} : { config: `max_payload: ${options.maxPayload}` }),
  });
  for (const folder of ['in', 'prepared']) await mkdir(path.join(directory, folder));
  await writeFile(path.join(directory, 'flow.yaml'), manifest(options));
  await vrsky(['apply', path.join(directory, 'flow.yaml')], { server: server.url });
  const engine = new EngineProcess({
    server: server.url,
    cwd: directory,
    built: options.built ?? false,
    args: options.args ?? [],
  });
  const written = async (name: string) => {
    const file = path.join(directory, 'out', name);
    const patience = new Patience(300_000, { waitedMs: () => engine.waitedMs() });
    while (!existsSync(file)) {
      if (patience.isOver()) throw new Error(`${name} did not arrive in five minutes:\n${engine.log}`);
      await pause(10);
    }
  };
  return {
    directory,
    server: server.url,
    engine,
    prepare: (name, bytes) => writeRandom(path.join(directory, 'prepared', name), bytes),
    offer: (name) => rename(path.join(directory, 'prepared', name), path.join(directory, 'in', name)),
    written,
    arrived: async (name) => {
      await written(name);
      return digestOf(path.join(directory, 'out', name));
    },
    close: async () => {
      await engine.kill();
      await server.kill();
      await dropFolder(directory);
    },
  };
}

/** Pseudo-random and fast: a block that changes a little each time. */
async function writeRandom(file: string, bytes: number): Promise<string> {
  const handle = await open(file, 'w');
  const hash = createHash('sha256');
  const block = Buffer.from(Array.from({ length: 1 << 20 }, () => Math.floor(Math.random() * 256)));
  try {
    for (let left = bytes, count = 0; left > 0; left -= block.byteLength, count++) {
      block.writeUInt32LE(count, 0);
      const part = block.subarray(0, Math.min(left, block.byteLength));
      hash.update(part);
      await handle.write(part);
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }))
    hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
