// The file producer: renders where each message goes, hands the batch to the disk, answers per message.
import path from 'node:path';
import type { ConnectorContext, Message, Producer, WriteOutcome } from '../../../engine/connector/index.ts';
import type { FileProducerConfig } from '../config.gen.ts';
import { disk } from './disk/disk.ts';
import type { WriteJob } from './disk/job.ts';
import { entryOf } from './entry.ts';
import { FileLog } from './file-log.ts';
import { Leftovers } from './leftovers.ts';
import { delivered, failed, outcomeOf } from './outcome.ts';
import { spoolContent } from './spool-content.ts';
import { compileTarget, type Target } from './target.ts';

/** A message that is ready for the disk; `place` is where it stands in the batch. */
interface Prepared {
  readonly place: number;
  readonly path: string;
  readonly content: Uint8Array;
  /** Where content that came as a stream lies already. */
  readonly temporary?: string;
}

const nothing = new Uint8Array();
/** A batch takes five times what a file in it takes: threads are woken, the disk confirms. */
const restMs = 5;
/** Messages of a batch that are prepared at once: those that come as streams take memory while they do. */
const preparedAtOnce = 8;
/** Of contents that are read from a store, in one part of a batch. */
const partBytes = 1024 * 1024;

/** Throws for a path that cannot be; rejects while what a power failure took cannot be written again. */
export function createProducer(config: FileProducerConfig, context: ConnectorContext): Promise<Producer> {
  const target = compileTarget(config, context);
  return openProducer(config, target, context);
}

async function openProducer(
  config: FileProducerConfig,
  target: Target,
  context: ConnectorContext,
): Promise<Producer> {
  const { mode = 'overwrite', newline: lines = true, sync = true } = config;
  const { root } = target;
  const log = await FileLog.open(root, context);
  const isLogged = sync && mode === 'overwrite';
  const leftovers = new Leftovers(context.signal);

  async function prepare(message: Message, place: number, signal: AbortSignal): Promise<Prepared> {
    const rendered = await target.render(message);
    const { payload } = message;
    if (mode === 'append') return { place, path: rendered, content: entryOf(message, lines) };
    const content = await payload.outgoing(signal);
    if (content instanceof Uint8Array) return { place, path: rendered, content };
    const temporary = await spoolContent(content, { root, path: rendered, sync }, signal);
    return { place, path: rendered, content: nothing, temporary };
  }

  async function writePart(ready: readonly Prepared[], outcomes: WriteOutcome[]): Promise<void> {
    const job = { ...gathered(ready), kind: 'write', root, mode, sync, lines } as const;
    const { failures } = await (log !== undefined && isLogged ? log.write(job) : disk.run(job));
    for (const [index, { place, path: rendered }] of ready.entries()) {
      const failure = failures[index];
      if (failure !== undefined) outcomes[place] = outcomeOf(failure);
      else if (mode !== 'append') leftovers.sweep(path.dirname(path.join(root, rendered)));
    }
  }

  return {
    maxBatch: mode === 'append' ? 256 : 64,
    // One batch after the other: messages of one file keep their order.
    maxConcurrency: 1,
    restMs,
    streams: true,
    write: async (batch, signal) => {
      const outcomes = new Array<WriteOutcome>(batch.length).fill(delivered);
      // While the disk writes one part of the batch the next is read: what comes from a store need not be in memory all at once.
      let writing = Promise.resolve();
      for (const part of partsOf(batch)) {
        const ready: Prepared[] = [];
        await atOnce(part, async ([place, message]) => {
          try {
            ready.push(await prepare(message, place, signal));
          } catch (error) {
            outcomes[place] = failed(error);
          }
        });
        ready.sort((one, other) => one.place - other.place);
        await writing;
        if (ready.length === 0) continue;
        writing = writePart(ready, outcomes);
        // Whoever awaits it sees the failure.
        writing.catch(() => undefined);
      }
      await writing;
      return outcomes;
    },
    close: async () => {
      await log?.close();
      await leftovers.close();
    },
  };
}

type Numbered = readonly [place: number, message: Message];

/** The messages with their places, in parts: a new one begins when so much of it has to be read first. */
function partsOf(batch: readonly Message[]): readonly (readonly Numbered[])[] {
  const parts: Numbered[][] = [];
  let unread = partBytes;
  for (const numbered of batch.entries()) {
    if (unread >= partBytes) {
      parts.push([]);
      unread = 0;
    }
    parts.at(-1)?.push(numbered);
    unread += numbered[1].payload.unreadBytes;
  }
  return parts;
}

async function atOnce(part: readonly Numbered[], work: (one: Numbered) => Promise<void>): Promise<void> {
  const left = part.values();
  const take = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: preparedAtOnce }, take));
}

/** In one buffer of its own: what travels to another thread goes with the whole memory it lies in. */
function gathered(ready: readonly Prepared[]): Pick<WriteJob, 'bytes' | 'entries'> {
  const total = ready.reduce((sum, { content }) => sum + content.byteLength, 0);
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const { content } of ready) {
    bytes.set(content, offset);
    offset += content.byteLength;
  }
  const entries = ready.map(({ path: rendered, content, temporary }) => {
    const entry = { path: rendered, length: content.byteLength };
    return temporary === undefined ? entry : { ...entry, temporary };
  });
  return { bytes, entries };
}
