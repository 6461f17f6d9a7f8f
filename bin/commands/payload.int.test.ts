// `vrsky payload` on a real server: what it lists, counts and deletes.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { buckets } from '../../engine/compile/topology.ts';
import { connectBroker } from '../../engine/nats/connect.ts';
import { PayloadHolders } from '../../engine/payload/holders.ts';
import { newObjectKey } from '../../engine/payload/object-key.ts';
import { vrsky } from '../torture/engine-process.ts';
import { openPayloadArena } from '../torture/payload-arena.ts';

test('objects are listed with their state, counted, and deleted when they have expired', async (t) => {
  const arena = await openPayloadArena();
  t.after(() => arena.close());
  const { broker } = await connectBroker({ servers: [arena.server], name: 'payload test' });
  t.after(() => broker.close());
  const holders = new PayloadHolders(() => broker.bucket(buckets.payloads));
  const keys = {
    transit: newObjectKey('copy', Date.now() + 3_600_000),
    shared: newObjectKey('copy', Date.now() + 3_600_000),
    dead: newObjectKey('copy', 1_700_000_000_000),
    orphan: newObjectKey('copy', 1_700_000_000_001),
  };
  const folder = path.join(arena.directory, '.vrsky', 'payloads');
  await mkdir(path.join(folder, 'copy'), { recursive: true });
  for (const key of Object.values(keys)) await writeFile(path.join(folder, key), 'content');
  const reference = { store: '_disk', size: 7, expiresAt: 0 };
  await holders.register({ ...reference, key: keys.shared }, ['m1', 'm2']);
  await holders.bury({ ...reference, key: keys.dead }, 'm1');
  const run = async (verb: string): Promise<unknown> =>
    JSON.parse(
      await vrsky(['payload', verb, '--format', 'json'], { server: arena.server, cwd: arena.directory }),
    );
  const states = async () => {
    const rows = (await run('ls')) as readonly { readonly key: string; readonly state: string }[];
    return Object.fromEntries(rows.map(({ key, state }) => [key, state]));
  };
  assert.deepEqual(await states(), {
    [keys.transit]: 'in transit',
    [keys.shared]: 'in transit',
    [keys.dead]: 'dead letter',
    [keys.orphan]: 'orphan',
  });
  assert.deepEqual(await run('gc'), { objects: 1, bytes: 7 });
  assert.deepEqual(await states(), {
    [keys.transit]: 'in transit',
    [keys.shared]: 'in transit',
    [keys.dead]: 'dead letter',
  });
  assert.deepEqual(
    ((await run('stats')) as readonly { readonly objects: number }[]).map(({ objects }) => objects),
    [2, 1],
  );
});
