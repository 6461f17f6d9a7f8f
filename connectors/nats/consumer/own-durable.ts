// The durable of a consumer that names none: the one that it has read through so far, also under a former name of its flow.
import {
  type ConsumerInfo,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
} from '@nats-io/jetstream';
import type { ConsumerContext, JsonValue } from '../../../engine/connector/index.ts';

export interface OwnDurable {
  readonly name: string;
  /** Undefined when it has to be made. */
  readonly info: ConsumerInfo | undefined;
  /** Says at the source whose it is. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Once it is there: writes down that this consumer reads through it. */
  keep(): Promise<void>;
}

/** In the metadata of a durable: the flow and consumer that read through it. Servers before 2.10 forget it. */
const readerKey = 'vrsky-reader';

/** A flow may bear a name that another had before: what that one reads through is not taken from it. */
export async function ownDurable(
  stream: string,
  manager: JetStreamManager,
  context: ConsumerContext,
): Promise<OwnDurable> {
  const reader = `${context.flow}/${context.name}`;
  const known = keptDurable(context.cursor, stream);
  const { name, info } =
    known === undefined
      ? await freeDurable(stream, manager, context, reader)
      : { name: known, info: await findDurable(manager, stream, known) };
  const metadata = { [readerKey]: reader };
  return {
    name,
    info,
    metadata,
    async keep() {
      if (info !== undefined && readerOf(info) !== reader)
        await sign(stream, name, metadata, manager, context);
      if (known === undefined) await context.keep({ stream, durable: name });
    },
  };
}

/** The durable as it is; undefined when it is missing. */
export async function findDurable(
  manager: JetStreamManager,
  stream: string,
  name: string,
): Promise<ConsumerInfo | undefined> {
  try {
    return await manager.consumers.info(stream, name);
  } catch (error) {
    const isMissing = error instanceof JetStreamApiError && error.code === JetStreamApiCodes.ConsumerNotFound;
    if (isMissing) return undefined;
    throw error;
  }
}

async function freeDurable(
  stream: string,
  manager: JetStreamManager,
  { flow, name: consumer }: ConsumerContext,
  reader: string,
): Promise<Pick<OwnDurable, 'name' | 'info'>> {
  const plain = `vrsky-${flow}-${consumer}`;
  for (let number = 1; ; number++) {
    const name = number === 1 ? plain : `${plain}-${number}`;
    const info = await findDurable(manager, stream, name);
    if (info === undefined || (readerOf(info) ?? reader) === reader) return { name, info };
  }
}

function readerOf({ config }: ConsumerInfo): string | undefined {
  return config.metadata?.[readerKey];
}

function keptDurable(cursor: JsonValue | undefined, stream: string): string | undefined {
  const kept = (cursor ?? {}) as { readonly stream?: unknown; readonly durable?: unknown };
  return kept.stream === stream && typeof kept.durable === 'string' ? kept.durable : undefined;
}

/** Whoever may only read goes on all the same. */
async function sign(
  stream: string,
  name: string,
  metadata: OwnDurable['metadata'],
  manager: JetStreamManager,
  { log }: ConsumerContext,
): Promise<void> {
  try {
    await manager.consumers.update(stream, name, { metadata });
  } catch (error) {
    log('debug', `cannot write down at ${stream} who reads through ${name}: ${(error as Error).message}`);
  }
}
