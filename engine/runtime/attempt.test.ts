import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompiledFlow } from '../compile/program.ts';
import type { Message } from '../payload/message.ts';
import { Payload } from '../payload/payload.ts';
import { groupMessage } from './aggregate/aggregate-stage.ts';
import { Attempt, type AttemptParts, type AttemptResult } from './attempt.ts';
import { FakePublisher, fakeBroker, inboundMessage } from './fake-broker.ts';
import { memoryPayloads } from './test-payloads.ts';
import type { Turn } from './turn.ts';

const { message: inbound } = inboundMessage('{}');
const next = { stage: 'next', subject: 'flow.f.next' };
const aside = { stage: 'aside', subject: 'flow.f.aside' };

function member(id: string): Turn {
  const message = { id, headers: {}, payload: Payload.ofValue(id), acceptedAt: 0 } as unknown as Message;
  return { inbound, message, done: () => undefined };
}

function group(...ids: readonly string[]): Turn {
  const members = ids.map(member);
  return { inbound, message: groupMessage(members), members, done: () => undefined };
}

/** What the steps publish of a turn; each of `messages` goes to both stages. */
async function published(turn: Turn, ...messages: readonly Message[]): Promise<FakePublisher['published']> {
  const publisher = new FakePublisher();
  const parts = {
    ...{ flow: { name: 'f' }, stage: { name: 's', entry: 's', nodes: {} } },
    ...{ broker: fakeBroker(publisher).broker, payloads: { isInline: () => true } },
  } as unknown as AttemptParts;
  await new Promise<void>((resolve) => {
    const attempt = new Attempt(parts, turn, () => resolve());
    for (const message of messages) for (const target of [next, aside]) attempt.publish(target, message);
    attempt.stepsDone();
  });
  return publisher.published;
}

const idsOf = async (turn: Turn) => (await published(turn, turn.message)).map(({ id }) => id);

test('what is published has the same ids at every try, another one for each target', async () => {
  assert.deepEqual(await idsOf(member('m')), ['f/s/7/next/m', 'f/s/7/aside/m']);
});

test('a group has the ids of its members: with the same first one but other members it is stored again', async () => {
  assert.deepEqual(await idsOf(group('a', 'b')), await idsOf(group('a', 'b')));
  const ids = [...(await idsOf(group('a', 'b'))), ...(await idsOf(group('a', 'b', 'c')))];
  assert.equal(new Set(ids).size, 4);
});

test('each copy is stored under its own id, whichever of them an earlier try came to', async () => {
  const turn = member('m');
  const [left, right] = ['m~left', 'm~right'].map((id) => ({ ...turn.message, id })) as [Message, Message];
  const both = await published(turn, left, right);
  assert.deepEqual(
    both.map(({ headers }) => headers['Vrsky-Id']),
    ['m~left', 'm~left', 'm~right', 'm~right'],
  );
  const again = await published(turn, right);
  assert.deepEqual(
    again.map(({ id }) => id),
    both.slice(2).map(({ id }) => id),
  );
  assert.equal(new Set(both.map(({ id }) => id)).size, 4);
});

test('copies of a program that gives them one id are stored, each of them', async () => {
  const turn = member('m');
  const stored = await published(turn, turn.message, turn.message);
  assert.deepEqual(
    stored.map(({ id }) => id),
    ['f/s/7/next/m', 'f/s/7/aside/m', 'f/s/7/next/m/1', 'f/s/7/aside/m/1'],
  );
});

test('what cannot be written ends the try with its cause, after what was begun', async () => {
  const turn = member('m');
  const deep = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`) as unknown;
  const { payloads } = memoryPayloads({ name: 'f' } as CompiledFlow);
  const publisher = new FakePublisher();
  const parts = {
    ...{ flow: { name: 'f' }, stage: { name: 's', entry: 's', nodes: {} } },
    ...{ broker: fakeBroker(publisher).broker, payloads },
  } as unknown as AttemptParts;
  const { failure } = await new Promise<AttemptResult>((resolve) => {
    const attempt = new Attempt(parts, turn, (_turn, result) => resolve(result));
    attempt.publish(next, turn.message);
    try {
      attempt.publish(next, { ...turn.message, id: 'm.1', payload: Payload.ofValue(deep) });
    } catch (error) {
      attempt.stepsFailed(error);
    }
  });
  assert.deepEqual([failure?.code, failure?.retryable], ['VRS8203', false]);
  assert.equal(publisher.published.length, 1);
});

test('a key that holds half a surrogate pair travels, too', async () => {
  const turn = member('m');
  const [stored] = await published(turn, { ...turn.message, key: 'a\ud800', orderKey: '\udc00b' });
  assert.deepEqual(
    [stored?.headers['Vrsky-Key'], stored?.headers['Vrsky-Order']],
    ['a%EF%BF%BD', '%EF%BF%BDb'],
  );
});
