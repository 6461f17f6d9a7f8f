// What the manifest says about objects, whatever the store; the schemas are those of the s3, azure-blob and gcs connectors.

import { PermanentError } from '../errors.ts';
import { durationSetting, integerSetting, sizeSetting } from '../settings.ts';

export interface ObjectConsumerConfig {
  readonly prefix?: string;
  readonly pattern?: string;
  readonly every?: string;
  readonly after: 'delete' | 'move' | 'tag' | 'keep';
  readonly moveTo?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly maxSize?: string;
}

export interface ObjectProducerConfig {
  readonly key: string;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly maxConcurrency?: number | string;
}

/** What becomes of an object once its message is stored. */
export type Finish =
  | { readonly after: 'delete' | 'keep' }
  | { readonly after: 'move'; readonly moveTo: string }
  | { readonly after: 'tag'; readonly tags: Readonly<Record<string, string>> };

export interface PollSettings {
  readonly prefix: string;
  /** A glob; without a slash it is about the last part of the key. */
  readonly pattern: string;
  readonly everyMs: number;
  readonly finish: Finish;
  readonly contentType: string | undefined;
  readonly maxBytes: number;
}

/** Throws PermanentError for what cannot work. */
export function parsePollSettings(config: ObjectConsumerConfig): PollSettings {
  const { prefix = '', pattern = '*', every = '30s', contentType, maxSize } = config;
  return {
    prefix,
    pattern,
    everyMs: durationSetting('every', every),
    finish: finishOf(config, prefix),
    contentType,
    maxBytes: maxSize === undefined ? Number.POSITIVE_INFINITY : sizeSetting('maxSize', maxSize),
  };
}

function finishOf({ after, moveTo, tags }: ObjectConsumerConfig, prefix: string): Finish {
  switch (after) {
    case 'move':
      if (moveTo === undefined || moveTo === prefix)
        throw new PermanentError('moveTo: name another prefix than the one that objects are taken from');
      return { after, moveTo };
    case 'tag':
      return { after, tags: tags ?? { vrsky: 'taken' } };
    default:
      return { after };
  }
}

export function concurrencyOf({ maxConcurrency = 8 }: ObjectProducerConfig): number {
  return integerSetting('maxConcurrency', maxConcurrency, 1, 64);
}
