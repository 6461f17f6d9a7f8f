// Deletes what only messages that are through needed, on the worker that carried them: of these objects nothing was written down.
import { deleteObjects, slices, someAtOnce, throwFirst, togetherObjects } from './delete-objects.ts';
import type { PayloadHolders } from './holders.ts';
import type { FreedObject } from './lone-objects.ts';
import type { PayloadStore } from './payload-store.ts';

/** Twice as long as JetStream waits for an acknowledgement: when that was lost, whoever gets the message then has written it down. */
export const freeForMs = 20_000;

export interface FreedObjectsParts {
  readonly stores: ReadonlyMap<string, PayloadStore>;
  readonly holders: PayloadHolders;
}

/** Deletes what has been free for long enough. What cannot be deleted is left to the collector; throws VRS8503 when that cannot be told. */
export async function deleteFreed({ stores, holders }: FreedObjectsParts): Promise<void> {
  const due = holders.lone.takeFreed(freeForMs);
  for (const [name, own] of Map.groupBy(due, ({ object }) => object.store))
    for (const some of slices(own, togetherObjects)) {
      const store = stores.get(name);
      try {
        if (store === undefined) throw new Error(`there is no store ${name}`);
        await deleteUnnoted(store, some, holders);
      } catch {
        await handOver(some, holders);
      }
    }
}

/** Leaves everything that is free to the collector: whoever knows of it stops. */
export async function handOverFreed(holders: PayloadHolders): Promise<void> {
  await handOver(holders.lone.takeFreed(0), holders);
}

/** Of what something is written down now, somebody else needs it, or did: that is for the collector. */
async function deleteUnnoted(
  store: PayloadStore,
  freed: readonly FreedObject[],
  holders: PayloadHolders,
): Promise<void> {
  const keys = freed.map(({ object }) => object.key);
  const noted = await holders.noted(keys);
  await deleteObjects(
    store,
    keys.filter((key) => !noted.has(key)),
  );
}

async function handOver(freed: readonly FreedObject[], holders: PayloadHolders): Promise<void> {
  const left: FreedObject[] = [];
  const failures = await someAtOnce(freed, async (one) => {
    left.push(one);
    await holders.noteFree(one.object, one.holder);
    left.splice(left.indexOf(one), 1);
  });
  holders.lone.returnFreed(left);
  throwFirst(failures);
}
