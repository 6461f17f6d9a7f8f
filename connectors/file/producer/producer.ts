// The file producer: renders the path, keeps it inside its directory, writes atomically or appends.
import path from 'node:path';
import {
  type ConnectorContext,
  type Message,
  PermanentError,
  type Producer,
  RetryableError,
  type WriteOutcome,
} from '../../../engine/connector/index.ts';
import type { FileProducerConfig } from '../config.ts';
import { appendAll } from './append-file.ts';
import { containedPath } from './contained-path.ts';
import { writeWhole } from './write-file.ts';

/** What no retry mends. A full disk, too many open files or a vanished mount may pass. */
const permanentCodes: ReadonlySet<string> = new Set([
  'EISDIR',
  'ENOTDIR',
  'ENAMETOOLONG',
  'EINVAL',
  'EILSEQ',
]);

export function createProducer(config: FileProducerConfig, context: ConnectorContext): Producer {
  const directory = context.resolvePath(config.directory ?? '.');
  const template = context.template(config.path);
  const target = async (message: Message) => containedPath(directory, await template.render(message));
  const sync = config.sync ?? true;
  if (config.mode === 'append') {
    const lines = config.newline ?? true;
    return {
      maxBatch: 256,
      maxConcurrency: 1,
      write: (batch) => appendBatch(batch, target, { sync, lines }),
      close,
    };
  }
  const exclusive = config.mode === 'fail';
  const write = async (message: Message) =>
    writeWhole(await target(message), message.payload.bytes(), { sync, exclusive });
  return {
    maxBatch: 1,
    maxConcurrency: 16,
    write: (batch) => Promise.all(batch.map((message) => outcomeOf(write(message)))),
    close,
  };
}

function close(): Promise<void> {
  return Promise.resolve();
}

type Target = (message: Message) => Promise<string>;

/** One append per file, in the order of the batch; all messages of a file share its fate. */
async function appendBatch(
  batch: readonly Message[],
  target: Target,
  options: { readonly sync: boolean; readonly lines: boolean },
): Promise<readonly WriteOutcome[]> {
  const targets = await Promise.all(
    batch.map((message) => target(message).catch((error: unknown) => failed(error))),
  );
  const files = new Map<string, Message[]>();
  for (const [index, file] of targets.entries()) {
    if (typeof file !== 'string') continue;
    const members = files.get(file) ?? [];
    members.push(batch[index] as Message);
    files.set(file, members);
  }
  const outcomes = new Map<string, WriteOutcome>();
  for (const [file, members] of files) {
    outcomes.set(
      file,
      await outcomeOf(
        appendAll(
          file,
          members.map((message) => message.payload.bytes()),
          options,
        ),
      ),
    );
  }
  return targets.map((file) => (typeof file === 'string' ? (outcomes.get(file) as WriteOutcome) : file));
}

async function outcomeOf(written: Promise<void>): Promise<WriteOutcome> {
  try {
    await written;
    return { kind: 'delivered' };
  } catch (error) {
    return failed(error);
  }
}

function failed(thrown: unknown): WriteOutcome {
  const error = thrown as NodeJS.ErrnoException;
  if (error instanceof PermanentError) return { kind: 'rejected', error };
  if (error.code === undefined || error.syscall === undefined)
    return { kind: 'rejected', error: new PermanentError(error.message, { cause: error }) };
  const message = `${error.message.replace(/,.*$/, '')} ${path.basename(error.path ?? '')}`.trim();
  if (permanentCodes.has(error.code))
    return { kind: 'rejected', error: new PermanentError(message, { cause: error }) };
  return { kind: 'retry', error: new RetryableError(message, { cause: error }) };
}
