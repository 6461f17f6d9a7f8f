// Reads, retries and discards stored dead letters.
import type { Cluster, StoredMessage } from '../apply/cluster.ts';
import { storeSubject } from '../compile/lanes.ts';
import { deadLetterStream } from '../compile/topology.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { PayloadHolders } from '../payload/holders.ts';
import { decodeReference, type PayloadReference } from '../payload/reference.ts';
import { deadHeader } from './dead-letter.ts';
import { type DeployedFlow, findFlow } from './deployed-flow.ts';
import { header, holderOf, orderKeyOf } from './envelope.ts';
import type { Broker } from './ports.ts';

/** A dead letter as people see it. */
export interface DeadLetterView {
  /** Its sequence in the dead letter stream: what `vrsky dlq` calls its number. */
  readonly number: number;
  readonly flow: string;
  readonly stage: string;
  readonly node: string;
  readonly code: string;
  readonly because: string;
  readonly causes: readonly string[];
  readonly attempts: number;
  readonly at: string;
  readonly messageId: string;
  readonly contentType: string;
  /** Of the payload, wherever it is. */
  readonly bytes: number;
  /** Where the payload is, when it is not in the dead letter itself. */
  readonly reference?: PayloadReference;
}

/** Dead letters of one flow (or all), oldest first, read one by one: the stream may be long. */
export async function* listDeadLetters(
  cluster: Cluster,
  flow?: string,
): AsyncGenerator<{ readonly view: DeadLetterView; readonly stored: StoredMessage }> {
  const filter = flow === undefined ? 'dead.>' : `dead.${flow}.>`;
  for (let sequence = 1; ; ) {
    const stored = await cluster.nextMessage(deadLetterStream, filter, sequence);
    if (stored === undefined) return;
    yield { view: viewOf(stored), stored };
    sequence = stored.sequence + 1;
  }
}

/** One dead letter by number. Throws VRS8402 when there is none. */
export async function findDeadLetter(
  cluster: Cluster,
  number: number,
): Promise<{ readonly view: DeadLetterView; readonly stored: StoredMessage }> {
  const stored = await cluster.nextMessage(deadLetterStream, 'dead.>', number);
  if (stored === undefined || stored.sequence !== number) {
    throw new VrskyError('VRS8402', `there is no dead letter ${number}`, {
      help: 'vrsky dlq ls shows the numbers.',
    });
  }
  return { view: viewOf(stored), stored };
}

/**
 * Stores the message for its stage again, as new: attempts and deadline start over. Only then the dead letter goes. Throws VRS8404 and VRS8405,
 * and keeps it, when its flow or its stage is gone: nobody would take the message out of the stream.
 */
export async function retryDeadLetter(
  stored: StoredMessage,
  cluster: Cluster,
  broker: Pick<Broker, 'publisher' | 'bucket'>,
  now: number,
): Promise<void> {
  const headers = new Map(stored.headers);
  const origin = headers.get(deadHeader.subject);
  if (origin === undefined)
    throw new VrskyError('VRS8403', `dead letter ${stored.sequence} does not say where it came from`);
  const [, flow = '', stage = ''] = origin.split('.');
  const subject = subjectNow(
    origin,
    orderKeyOf({ header: (name) => headers.get(name) }),
    await findFlow(broker, flow),
  );
  if (subject === undefined)
    throw new VrskyError(
      'VRS8405',
      `dead letter ${stored.sequence} is of ${flow}/${stage}, and flow ${flow} has no such stage any more`,
      { help: 'Its payload can be sent once more: vrsky dlq show, vrsky send.' },
    );
  const kept = stored.headers.filter(
    ([name]) => !name.startsWith('Vrsky-Dead-') && !name.startsWith('Nats-') && name !== header.retried,
  );
  const id = `dead-retry/${stored.sequence}/${headers.get(header.id) ?? ''}`;
  await broker.publisher.publish(subject, stored.data, [...kept, [header.retried, String(now)]], id);
  await cluster.deleteMessage(deadLetterStream, stored.sequence);
}

/** Where messages of the stage are stored now: it may have got lanes since, or other ones. Undefined when the flow has no such stage. */
function subjectNow(
  origin: string,
  orderKey: string | undefined,
  { flow, retiring }: DeployedFlow,
): string | undefined {
  const bare = origin.split('.', 3).join('.');
  const stages = [...flow.stages, ...retiring.map(({ stage }) => stage)];
  const stage = stages.find(({ subject }) => subject === bare);
  return stage === undefined ? undefined : storeSubject({ ...stage, stage: stage.name }, orderKey);
}

/** Deletes it for good; a payload in a store goes with it. */
export async function discardDeadLetter(
  stored: StoredMessage,
  cluster: Cluster,
  payloads: PayloadHolders,
): Promise<void> {
  const headers = new Map(stored.headers);
  const holder = holderOf({ header: (name) => headers.get(name) });
  const reference = referenceOf(stored);
  if (reference !== undefined && holder !== undefined) await payloads.release(reference, holder);
  await cluster.deleteMessage(deadLetterStream, stored.sequence);
}

function viewOf(stored: StoredMessage): DeadLetterView {
  const headers = new Map(stored.headers);
  const [, flow = '', stage = ''] = stored.subject.split('.');
  const reference = referenceOf(stored);
  return {
    number: stored.sequence,
    flow,
    stage,
    node: headers.get(deadHeader.node) ?? stage,
    code: headers.get(deadHeader.code) ?? '',
    because: headers.get(deadHeader.because) ?? '',
    causes: causesOf(headers.get(deadHeader.causes)),
    attempts: Number(headers.get(deadHeader.attempts) ?? 0),
    at: headers.get(deadHeader.at) ?? new Date(stored.storedAtMs).toISOString(),
    messageId: headers.get(header.id) ?? '',
    contentType: headers.get(header.contentType) ?? '',
    bytes: reference?.size ?? stored.data.byteLength,
    ...(reference === undefined ? {} : { reference }),
  };
}

/** A reference that cannot be read is why the message is here: shown as it is. */
function referenceOf({ headers, data }: StoredMessage): PayloadReference | undefined {
  if (!headers.some(([name]) => name === header.reference)) return undefined;
  try {
    return decodeReference(data);
  } catch {
    return undefined;
  }
}

function causesOf(encoded: string | undefined): readonly string[] {
  try {
    const causes: unknown = JSON.parse(decodeURIComponent(encoded ?? '%5B%5D'));
    return Array.isArray(causes) ? causes.map(String) : [];
  } catch {
    return [];
  }
}
