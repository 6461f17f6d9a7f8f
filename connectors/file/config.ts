// The configurations of the file connector, as its schema describes them.

export interface FileConsumerConfig {
  readonly name: string;
  readonly type: 'file';
  readonly to?: string | readonly string[];
  readonly directory: string;
  readonly pattern?: string;
  readonly recursive?: boolean;
  readonly after?: 'move' | 'delete' | 'keep';
  readonly moveTo?: string;
  readonly contentType?: string;
  readonly settle?: string;
  readonly maxSize?: string;
  readonly finite?: boolean;
}

export interface FileProducerConfig {
  readonly name: string;
  readonly type: 'file';
  readonly path: string;
  readonly directory?: string;
  readonly mode?: 'overwrite' | 'append' | 'fail';
  readonly newline?: boolean;
  readonly sync?: boolean;
}
