// The configuration of a file consumer, parsed: absolute folders, milliseconds, bytes.
import path from 'node:path';
import {
  type ConnectorContext,
  durationSetting,
  PermanentError,
  sizeSetting,
} from '../../../engine/connector/index.ts';
import type { FileConsumerConfig } from '../config.gen.ts';
import type { RecordOptions } from './file-records.ts';
import type { FinishOptions } from './finish-file.ts';
import type { ScanOptions } from './scan.ts';

export interface InboxSettings {
  readonly scan: ScanOptions;
  readonly finish: FinishOptions;
  readonly records: RecordOptions | undefined;
  readonly contentType: string | undefined;
  readonly settleMs: number;
  readonly maxSize: number;
  readonly finite: boolean;
}

/** A record is held in memory as a whole. Files are not: they may be of any size. */
const defaultRecordSize = '1000KiB';
const largestRecordSize = 8 * 1024 * 1024;

/** Throws PermanentError for what cannot work. */
export function parseSettings(
  config: FileConsumerConfig,
  context: Pick<ConnectorContext, 'resolvePath'>,
): InboxSettings {
  const directory = context.resolvePath(config.directory);
  const after = config.after ?? 'move';
  const moveTo = path.resolve(directory, config.moveTo ?? '.done');
  const marker = config.marker;
  const maxSize = maxSizeOf(config);
  if (after === 'move' && moveTo === directory)
    throw new PermanentError('moveTo: files cannot be moved to the directory they are taken from');
  const inside = path.relative(directory, moveTo).split(path.sep).join('/');
  const leaveOut = after === 'move' ? inside : undefined;
  const { pattern = '*', recursive = false, records: format, contentType, csv } = config;
  return {
    scan: { directory, pattern, recursive, leaveOut, marker },
    finish: { directory, after, moveTo, marker },
    records: format === undefined ? undefined : { format, csv, contentType, maxSize },
    contentType,
    settleMs: marker === undefined ? durationSetting('settle', config.settle ?? '500ms') : 0,
    maxSize,
    finite: config.finite ?? false,
  };
}

function maxSizeOf({ maxSize, records }: FileConsumerConfig): number {
  if (records === undefined)
    return maxSize === undefined ? Number.POSITIVE_INFINITY : sizeSetting('maxSize', maxSize);
  const bytes = sizeSetting('maxSize', maxSize ?? defaultRecordSize);
  if (bytes > largestRecordSize) throw new PermanentError('maxSize: a record has 8MiB at most');
  return bytes;
}
