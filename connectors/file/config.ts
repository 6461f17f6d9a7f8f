// What the manifest says about a file consumer and producer; the schema is schemas/connectors/file.schema.json.
import type { CsvOptions } from '../../engine/connector/records.ts';

export interface FileConsumerConfig {
  readonly directory: string;
  readonly pattern?: string;
  readonly recursive?: boolean;
  readonly after?: 'move' | 'delete' | 'keep';
  readonly moveTo?: string;
  readonly records?: 'csv' | 'ndjson' | 'lines';
  readonly csv?: CsvOptions;
  readonly contentType?: string;
  readonly marker?: string;
  readonly settle?: string;
  readonly maxSize?: string;
  readonly finite?: boolean;
}

export interface FileProducerConfig {
  readonly path: string;
  readonly directory?: string;
  readonly mode?: 'overwrite' | 'append' | 'fail';
  readonly newline?: boolean;
  readonly sync?: boolean;
}
