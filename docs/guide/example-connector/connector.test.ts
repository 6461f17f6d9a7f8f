// The guide's sqlite connector behaves as every connector must.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { connectorConformance } from '../../../engine/connector/conformance.ts';
import { connector } from './connector.ts';

/** A database of its own for every test. `bad` as a body violates a constraint. */
function newDatabase() {
  const directory = mkdtempSync(join(tmpdir(), 'sqlite-'));
  const file = join(directory, 'test.db');
  const database = new DatabaseSync(file);
  database.exec("CREATE TABLE orders (id INTEGER PRIMARY KEY, body TEXT CHECK (body <> 'bad'))");
  return {
    config: { file, table: 'orders', every: '5ms' },
    insert: (text: string) => database.prepare('INSERT INTO orders (body) VALUES (?)').run(text),
    bodies: () =>
      database
        .prepare('SELECT body FROM orders ORDER BY id')
        .all()
        .map(({ body }) => String(body)),
    async close() {
      database.close();
      rmSync(directory, { recursive: true });
    },
  };
}

const unreachable = { file: '/nowhere/at/all.db', table: 'orders' };

connectorConformance(connector, {
  consumer: {
    accepts: [{ name: 'in', type: 'sqlite', file: './a.db', table: 'orders', every: '5s' }],
    rejects: {
      'a table that is none': { name: 'in', type: 'sqlite', file: './a.db', table: 'a; DROP TABLE a' },
    },
    unreachable,
    async start() {
      const { config, insert, close } = newDatabase();
      return { config, offer: (text) => void insert(text), afterNack: 'offers-again', resumes: true, close };
    },
  },
  producer: {
    accepts: [{ name: 'out', type: 'sqlite', file: './a.db', table: 'archive' }],
    rejects: { 'a missing table': { name: 'out', type: 'sqlite', file: './a.db' } },
    async start() {
      const { config, bodies, close } = newDatabase();
      return { config, received: bodies, reject: () => undefined, close };
    },
  },
});
