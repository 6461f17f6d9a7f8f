// The fixture by which every connector of objects is held to the conformance suite: a server for all tests, a bucket for each.
import type { ObjectBucket } from '../../payload/stores/object-bucket.ts';
import type { ConnectorFixture, ConsumerSource, ProducerSink } from '../conformance/fixture.ts';
import type { JsonObject } from '../contract.ts';
import type { ObjectConsumerConfig, ObjectProducerConfig } from './object-config.ts';

/** A server and how to get at it; started once, before the first test. */
export interface ObjectServer<Settings> {
  /** An empty bucket of its own. */
  createBucket(): Promise<Settings>;
  /** What an object is tagged with, as whoever else uses the bucket sees it. Without it tags are not tested. */
  readonly tagsOf?: (settings: Settings, key: string) => Promise<Readonly<Record<string, string>>>;
  readonly badCredential?: (settings: Settings) => Settings;
  readonly stall?: () => void;
  readonly kill?: () => Promise<void>;
  readonly revive?: () => Promise<void>;
}

export interface ObjectFixtureParts<Settings> {
  readonly server: ObjectServer<Settings>;
  readonly open: (settings: Settings) => ObjectBucket;
  /** A manifest entry's name, type and settings. */
  readonly entry: JsonObject;
  readonly rejects: Readonly<Record<string, JsonObject>>;
  readonly secrets: readonly string[];
  readonly unreachable: Settings;
}

type Fixture<Settings> = ConnectorFixture<Settings & ObjectConsumerConfig, Settings & ObjectProducerConfig>;

const signal = new AbortController().signal;

/** `after`: what the consumer does with objects. With `keep` and `tag` it goes on behind a marker, and there is no producer. */
export function objectFixture<Settings extends object>(
  parts: ObjectFixtureParts<Settings>,
  after: 'delete' | 'keep' | 'tag',
): Fixture<Settings> {
  const { entry, secrets, unreachable, rejects } = parts;
  const polling = {
    ...({ prefix: 'in/', every: '20ms', after } as const),
    ...(after === 'tag' ? { tags: { status: 'taken' } } : {}),
  };
  const key = "out/{{ $ = 'bad' ? '../escape' : $id }}";
  const consumer = { ...entry, after: 'keep' };
  const producer = { ...entry, key: 'out/{{ id }}.json' };
  return {
    consumer: {
      accepts: [
        consumer,
        {
          ...entry,
          after: 'move',
          moveTo: 'done/',
          prefix: 'in/',
          pattern: '*.xml',
          every: '1m',
          maxSize: '1GiB',
        },
        { ...entry, after: 'tag', tags: { status: 'taken' }, contentType: 'text/csv' },
      ],
      rejects: {
        ...rejectedOnBothSides(rejects, { after: 'keep' }),
        'no word on what becomes of objects': entry,
        'a move to nowhere': { ...entry, after: 'move' },
        'tags that are not given': { ...entry, after: 'keep', tags: { a: 'b' } },
        'an unknown field': { ...consumer, folder: 'x' },
      },
      secrets,
      unreachable: { ...unreachable, ...polling },
      start: () => startSource(parts, polling),
    },
    ...(after === 'delete' ? { producer: producerSide() } : {}),
  };

  function producerSide() {
    return {
      accepts: [
        producer,
        { ...producer, contentType: 'text/csv', metadata: { id: '{{ $id }}' }, maxConcurrency: 2 },
      ],
      rejects: {
        ...rejectedOnBothSides(rejects, { key: 'a' }),
        'a missing key': entry,
        'a name that no metadata can have': { ...producer, metadata: { 'a b': 'c' } },
        'an unknown field': { ...producer, prefix: 'x' },
      },
      secrets,
      unreachable: { ...unreachable, key },
      start: () => startSink(parts, key),
    };
  }
}

function rejectedOnBothSides(
  rejects: Readonly<Record<string, JsonObject>>,
  rest: JsonObject,
): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(Object.entries(rejects).map(([wrong, entry]) => [wrong, { ...entry, ...rest }]));
}

async function startSource<Settings extends object>(
  { server, open }: ObjectFixtureParts<Settings>,
  polling: ObjectConsumerConfig,
): Promise<ConsumerSource<Settings & ObjectConsumerConfig>> {
  const settings = await server.createBucket();
  const bucket = open(settings);
  const mortality = mortalityOf(server);
  const offered: string[] = [];
  const keyOf = (place: number) => `in/${String(place).padStart(4, '0')}.json`;
  const isTaken = async (key: string) =>
    polling.after === 'tag' && (await server.tagsOf?.(settings, key))?.status === 'taken';
  const accepted = async () => {
    const left = new Set<string>();
    for await (const { key } of bucket.list('in/', signal)) if (!(await isTaken(key))) left.add(key);
    return offered.filter((_text, place) => !left.has(keyOf(place)));
  };
  return {
    config: { ...settings, ...polling },
    ...credentialOf(server, settings, polling),
    async offer(text) {
      const key = keyOf(offered.length);
      offered.push(text);
      await bucket.write(key, Buffer.from(text), { contentType: 'application/json' }, signal);
    },
    ...(polling.after === 'delete' ? {} : { resumes: true }),
    ...(polling.after === 'keep' ? {} : { accepted }),
    afterNack: 'offers-again',
    ...mortality,
    close: () => close(server, bucket, mortality.isHurt()),
  };
}

async function startSink<Settings extends object>(
  { server, open }: ObjectFixtureParts<Settings>,
  key: string,
): Promise<ProducerSink<Settings & ObjectProducerConfig>> {
  const settings = await server.createBucket();
  const bucket = open(settings);
  const mortality = mortalityOf(server);
  return {
    config: { ...settings, key },
    ...credentialOf(server, settings, { key }),
    async received() {
      const keys: string[] = [];
      for await (const object of bucket.list('out/', signal)) keys.push(object.key);
      // The keys end in a number that grows.
      keys.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
      return Promise.all(keys.map((key) => textOf(bucket, key)));
    },
    // Not by the store: the key cannot be made of it.
    reject: () => undefined,
    ...mortality,
    close: () => close(server, bucket, mortality.isHurt()),
  };
}

async function textOf(bucket: ObjectBucket, key: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await bucket.read(key, signal)).content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function credentialOf<Settings extends object, Rest>(
  { badCredential }: ObjectServer<Settings>,
  settings: Settings,
  rest: Rest,
) {
  return badCredential === undefined ? {} : { badCredential: { ...badCredential(settings), ...rest } };
}

/** What can be done to the server, and whether it was. */
function mortalityOf<Settings>({ kill, revive, stall }: ObjectServer<Settings>) {
  let hurt = false;
  const hurting = <T>(how: () => T) => {
    return () => {
      hurt = true;
      return how();
    };
  };
  return {
    ...(stall === undefined ? {} : { stall: hurting(stall) }),
    ...(kill === undefined || revive === undefined ? {} : { kill: hurting(kill), revive }),
    isHurt: () => hurt,
  };
}

/** What a test killed or stalled is there again for the next. */
async function close<Settings>(
  { kill, revive }: ObjectServer<Settings>,
  bucket: ObjectBucket,
  isHurt: boolean,
): Promise<void> {
  bucket.close();
  if (!isHurt) return;
  await kill?.();
  await revive?.();
}
