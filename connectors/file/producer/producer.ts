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
    if (payload.content === undefined) return { place, path: rendered, content: payload.bytes() };
    const temporary = await spoolContent(payload.content, { root, path: rendered, sync }, signal);
    return { place, path: rendered, content: nothing, temporary };
  }

  return {
    maxBatch: mode === 'append' ? 256 : 64,
    // One batch after the other: messages of one file keep their order.
    maxConcurrency: 1,
    restMs,
    streams: true,
    write: async (batch, signal) => {
      const outcomes = new Array<WriteOutcome>(batch.length).fill(delivered);
      const ready: Prepared[] = [];
      const left = batch.entries();
      const prepareSome = async () => {
        for (const [place, message] of left)
          try {
            ready.push(await prepare(message, place, signal));
          } catch (error) {
            outcomes[place] = failed(error);
          }
      };
      await Promise.all(Array.from({ length: preparedAtOnce }, prepareSome));
      ready.sort((one, other) => one.place - other.place);
      if (ready.length === 0) return outcomes;
      const job = { ...gathered(ready), kind: 'write', root, mode, sync, lines } as const;
      const { failures } = await (log !== undefined && isLogged ? log.write(job) : disk.run(job));
      for (const [index, { place, path: rendered }] of ready.entries()) {
        const failure = failures[index];
        if (failure !== undefined) outcomes[place] = outcomeOf(failure);
        else if (mode !== 'append') leftovers.sweep(path.dirname(path.join(root, rendered)));
      }
      return outcomes;
    },
    close: async () => {
      await log?.close();
      await leftovers.close();
    },
  };
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
