// The file producer: gathers a batch by file, writes or appends, syncs each folder once, answers per message.
import path from 'node:path';
import type { ConnectorContext, Message, Producer, WriteOutcome } from '../../../engine/connector/index.ts';
import type { FileProducerConfig } from '../config.gen.ts';
import { appendAll } from './append-file.ts';
import { entryOf } from './entry.ts';
import { Leftovers } from './leftovers.ts';
import { delivered, failed } from './outcome.ts';
import { syncFolder } from './sync-folders.ts';
import { compileTarget } from './target.ts';
import { writeWhole } from './write-whole.ts';

/** Messages of one file, in order; `at` is each one's place in the batch. */
interface Group {
  readonly file: string;
  readonly messages: Message[];
  readonly at: number[];
}

/** Writes the messages of a group, tells what became of each, answers the folders to sync. */
type WriteGroup = (group: Group, settle: Settle, signal: AbortSignal) => Promise<readonly string[]>;
type Settle = (place: number, outcome: WriteOutcome) => void;

export function createProducer(config: FileProducerConfig, context: ConnectorContext): Producer {
  const target = compileTarget(config, context);
  const leftovers = new Leftovers(context.signal);
  const sync = config.sync ?? true;
  const writeGroup = config.mode === 'append' ? appending(config, sync) : replacing(config, sync, leftovers);
  return {
    maxBatch: config.mode === 'append' ? 256 : 64,
    // One batch after the other: messages of one file keep their order.
    maxConcurrency: 1,
    streams: true,
    write: async (batch, signal) => {
      const outcomes: WriteOutcome[] = new Array(batch.length);
      const settle: Settle = (place, outcome) => {
        outcomes[place] = outcome;
      };
      const groups = await groupByFile(batch, (message) => target.of(message), settle);
      const folders = await Promise.all(groups.map((group) => writeGroup(group, settle, signal)));
      // What cannot be synced is not delivered: it may be gone after a power cut.
      for (const [folder, error] of sync ? await syncAll(new Set(folders.flat())) : [])
        for (const { at } of groups.filter((group) => group.file.startsWith(folder)))
          for (const place of at) if (outcomes[place] === delivered) settle(place, failed(error));
      return outcomes;
    },
    close: () => leftovers.close(),
  };
}

async function groupByFile(
  batch: readonly Message[],
  target: (message: Message) => Promise<string>,
  settle: Settle,
): Promise<readonly Group[]> {
  const groups = new Map<string, Group>();
  const files = await Promise.allSettled(batch.map(target));
  for (const [place, result] of files.entries()) {
    if (result.status === 'rejected') {
      settle(place, failed(result.reason));
      continue;
    }
    const file = result.value;
    const group = groups.get(file) ?? { file, messages: [], at: [] };
    group.messages.push(batch[place] as Message);
    group.at.push(place);
    groups.set(file, group);
  }
  return [...groups.values()];
}

function replacing(config: FileProducerConfig, sync: boolean, leftovers: Leftovers): WriteGroup {
  const options = { sync, exclusive: config.mode === 'fail' };
  return async ({ file, messages, at }, settle, signal) => {
    const folders: string[] = [];
    for (const [index, message] of messages.entries()) {
      try {
        folders.push(...(await writeWhole(file, contentOf(message, signal), options)));
        settle(at[index] as number, delivered);
      } catch (error) {
        settle(at[index] as number, failed(error));
      }
    }
    leftovers.sweep(path.dirname(file));
    return folders;
  };
}

/** Large payloads are not held in memory. */
function contentOf({ payload }: Message, signal: AbortSignal): Uint8Array | AsyncIterable<Uint8Array> {
  return payload.content?.open(signal) ?? payload.bytes();
}

/** One write per file: its messages share their fate, but for those that cannot be written as bytes. */
function appending(config: FileProducerConfig, sync: boolean): WriteGroup {
  const lines = config.newline ?? true;
  return async ({ file, messages, at }, settle) => {
    const entries: Uint8Array[] = [];
    const places: number[] = [];
    for (const [index, message] of messages.entries()) {
      try {
        entries.push(entryOf(message, lines));
        places.push(at[index] as number);
      } catch (error) {
        settle(at[index] as number, failed(error));
      }
    }
    if (entries.length === 0) return [];
    try {
      const folders = await appendAll(file, entries, { sync, lines });
      for (const place of places) settle(place, delivered);
      return folders;
    } catch (error) {
      for (const place of places) settle(place, failed(error));
      return [];
    }
  };
}

/** The folders that could not be synced, with their errors. */
async function syncAll(folders: ReadonlySet<string>): Promise<ReadonlyMap<string, unknown>> {
  const failures = new Map<string, unknown>();
  const sync = (folder: string) =>
    syncFolder(folder).catch((error: unknown) => void failures.set(folder, error));
  await Promise.all([...folders].map(sync));
  return failures;
}
