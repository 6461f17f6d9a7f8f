// The NATS store on a real nats-server.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type DevServer, startServer } from '../devserver/start-server.ts';
import { storeContract } from '../payload/stores/store-contract.ts';
import { natsStore } from './object-store.ts';

let server: DevServer;
let storeDir: string;

before(async () => {
  storeDir = await mkdtemp(path.join(tmpdir(), 'vrsky-objects-'));
  server = await startServer({ storeDir });
});

after(async () => {
  await server.kill();
  await rm(storeDir, { recursive: true, force: true, maxRetries: 5 });
});

let buckets = 0;

storeContract('nats', async (t) => {
  const connection = await connect({ servers: server.url });
  t.after(() => connection.close());
  const closed = await connect({ servers: server.url });
  await closed.close();
  const bucket = `objects-${++buckets}`;
  return {
    store: natsStore(connection, { bucket }),
    broken: natsStore(closed, { bucket }),
    leftovers: async () => {
      const manager = await jetstreamManager(connection);
      const { state } = await manager.streams.info(`OBJ_${bucket}`, { subjects_filter: '>' });
      return Object.keys(state.subjects ?? {});
    },
  };
});
