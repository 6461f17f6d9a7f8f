// What a flow keeps in the state bucket: cursors of its consumers, journals of its aggregates.
import { buckets } from '../compile/topology.ts';
import type { ApplySession } from './apply-session.ts';

const kinds = ['cursor', 'aggregate'] as const;

/** Under its new name a flow goes on where it was. What it has there already is newer. */
export async function moveState(from: string, to: string, session: ApplySession): Promise<void> {
  const state = await session.bucket(buckets.state);
  const keys = await stateKeys(from, session);
  for (const key of keys) {
    const kept = await state.get(key);
    const target = key.replace(`.${from}.`, `.${to}.`);
    if (kept !== undefined) await state.put(target, kept.value, 0);
  }
  for (const key of keys) await state.delete(key);
}

export async function deleteState(flow: string, session: ApplySession): Promise<void> {
  const state = await session.bucket(buckets.state);
  for (const key of await stateKeys(flow, session)) await state.delete(key);
}

async function stateKeys(flow: string, session: ApplySession): Promise<readonly string[]> {
  const state = await session.bucket(buckets.state);
  return (await Promise.all(kinds.map((kind) => state.keys(`${kind}.${flow}.`)))).flat();
}
