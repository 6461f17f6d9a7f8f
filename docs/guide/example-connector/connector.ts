// The sqlite connector of the guide: rows of a table in, rows of a table out.
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ConnectorContext,
  type ConsumerContext,
  type Delivery,
  defineConnector,
  durationSetting,
  NotConnectedError,
  Payload,
  type Producer,
} from '../../../engine/connector/index.ts';
import schema from './sqlite.schema.json' with { type: 'json' };

interface SqliteConfig {
  readonly file: string;
  readonly table: string;
  readonly every?: string;
}

export const connector = defineConnector<SqliteConfig, SqliteConfig>({
  id: 'sqlite',
  schema,
  // Two workers reading the same rows would store each message twice.
  capabilities: { singleton: true },

  async check(_role, { file, table }, context) {
    using database = open(file, context);
    database.prepare(`SELECT id, body FROM ${table} LIMIT 1`);
  },

  async *consumer({ file, table, every = '1s' }, context) {
    const pauseMs = durationSetting('every', every);
    using database = open(file, context);
    const select = database.prepare(`SELECT id, body FROM ${table} WHERE id > ? ORDER BY id LIMIT 100`);
    let last = typeof context.cursor === 'number' ? context.cursor : 0;
    while (!context.signal.aborted) {
      const rows = select.all(last) as { id: number; body: string }[];
      for (const { id, body } of rows) {
        yield* offer(id, body, context);
        last = id;
      }
      if (rows.length === 0) await pause(pauseMs, context.signal);
    }
  },

  producer({ file, table }, context): Producer {
    const database = open(file, context);
    const insert = database.prepare(`INSERT INTO ${table} (body) VALUES (?)`);
    return {
      maxBatch: 100,
      maxConcurrency: 1,
      async write(batch) {
        // One outcome per message, in order. A row that SQLite refuses does not take its neighbours with it.
        return batch.map((message) => {
          try {
            insert.run(Buffer.from(message.payload.bytes()).toString());
            return { kind: 'delivered' };
          } catch (error) {
            return outcomeOf(error as Error);
          }
        });
      },
      async close() {
        database.close();
      },
    };
  },
});

/** One row, again and again until it is stored. */
async function* offer(id: number, body: string, context: ConsumerContext): AsyncGenerator<Delivery> {
  for (let stored = false; !stored && !context.signal.aborted; ) {
    const settled = Promise.withResolvers<number>();
    yield {
      payload: Payload.ofBytes(Buffer.from(body)),
      id: String(id),
      cursor: id,
      ack() {
        stored = true;
        settled.resolve(0);
      },
      nack: ({ retryAfterMs }) => settled.resolve(retryAfterMs),
    };
    const waitMs = await settled.promise;
    if (waitMs > 0) await pause(waitMs, context.signal);
  }
}

/** Whatever keeps SQLite from opening the file may be mended while messages wait. */
function open(file: string, context: ConnectorContext): DatabaseSync {
  try {
    return new DatabaseSync(context.resolvePath(file), { timeout: 1000 });
  } catch (error) {
    throw new NotConnectedError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** Constraint violations (SQLITE_CONSTRAINT = 19) happen again, a locked or full database passes. */
function outcomeOf(error: Error & { readonly errcode?: number }): {
  kind: 'rejected' | 'retry';
  error: Error;
} {
  const permanent = ((error.errcode ?? 0) & 0xff) === 19;
  return { kind: permanent ? 'rejected' : 'retry', error };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
