import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '../compile/compile.ts';
import type { CompiledFlow, Stage } from '../compile/program.ts';
import { graphOf } from '../compile/sample-graph.ts';
import { type Message, withPayload } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import type { Broker } from './ports.ts';
import { duplicateCheck } from './stage-entrance.ts';

const graph = graphOf('a', ['out'], [], ['out'], { idempotency: { key: 'order', windowMs: 60_000 } });
const flow = compile([graph], { tenant: 'default' }).value?.flows[0] as CompiledFlow;

function check(): (id: string, order: string) => Promise<boolean> {
  const holders = new Map<string, string>();
  const claim = (key: string, holder: string) => {
    if (!holders.has(key)) holders.set(key, holder);
    return Promise.resolve(holders.get(key) as string);
  };
  const isDuplicate = duplicateCheck(flow, flow.stages[0] as Stage, { claim } as unknown as Broker);
  const message = { headers: {}, flow: 'a' } as unknown as Message;
  return async (id, order) =>
    (await isDuplicate?.({ ...withPayload(message, Payload.ofValue({ order })), id })) as boolean;
}

test('a message with a known key is a duplicate, one that is tried again is not', async () => {
  const isDuplicate = check();
  assert.deepEqual(
    [await isDuplicate('m1', 'o1'), await isDuplicate('m2', 'o1'), await isDuplicate('m1', 'o1')],
    [false, true, false],
  );
});

test('copies and parts of one accepted message are no duplicates of each other', async () => {
  const isDuplicate = check();
  const answers = ['m1~left', 'm1~right', 'm1.0', 'm1', 'm2'].map((id) => isDuplicate(id, 'o1'));
  assert.deepEqual(await Promise.all(answers), [false, false, false, false, true]);
});
