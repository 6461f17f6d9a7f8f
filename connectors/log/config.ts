// What the manifest says about a log producer; the schema is schemas/connectors/log.schema.json.

export interface LogProducerConfig {
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
  readonly message?: string;
}
