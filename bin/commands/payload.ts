// vrsky payload: what lies in the payload stores, and cleaning them up by hand.
import { Command, Option } from 'commander';
import type { JsonObject } from '../../engine/flow/graph.ts';
import type { Connected } from '../../engine/nats/connect.ts';
import type { PayloadCollector } from '../../engine/payload/collector.ts';
import type { HolderEntry } from '../../engine/payload/holder-note.ts';
import { formatSize } from '../../engine/units/size.ts';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { narrate, print } from '../cli/narrate.ts';
import { payloadsOption } from '../cli/payloads-option.ts';
import { renderTable } from '../cli/table.ts';

interface PayloadOptions extends ConnectionOptions {
  readonly payloads: string;
  readonly secrets?: string;
  readonly format: 'human' | 'json';
}

/** An object of a store, with what is known of who needs it. */
interface Listed {
  readonly store: string;
  readonly key: string;
  readonly bytes: number;
  /** ISO time. */
  readonly expires: string;
  readonly state: State;
}

/**
 * Every state, in the order that tables show: `free` is deleted within a minute, `orphan` has expired and is
 * deleted soon, unless its message still waits.
 */
const states = ['in transit', 'dead letter', 'free', 'orphan'] as const;
type State = (typeof states)[number];

export function payloadCommand(): Command {
  const payload = new Command('payload')
    .description('Large payloads in transit: what lies in their stores, and cleaning up by hand.')
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky payload ls\n  vrsky payload stats --format json\n  vrsky payload gc',
    );
  payload.addCommand(verb('ls', 'List the objects of every store that applied flows use.', list));
  payload.addCommand(verb('stats', 'Count objects and bytes by store and state.', stats));
  payload.addCommand(
    verb(
      'gc',
      'Delete what has expired and what uploads left unfinished; workers do it every ten minutes.',
      collect,
    ),
  );
  return payload;
}

function verb(name: string, description: string, run: (options: PayloadOptions) => Promise<void>): Command {
  return withConnection(new Command(name))
    .description(description)
    .addOption(payloadsOption())
    .addOption(
      new Option('--secrets <dir>', 'folder with one file per secret; VRSKY_SECRET_<NAME> wins').env(
        'VRSKY_SECRETS',
      ),
    )
    .addOption(new Option('--format <format>', 'how to show it').choices(['human', 'json']).default('human'))
    .addHelpText('after', `\nExample:\n  vrsky payload ${name}`)
    .action(run);
}

async function list(options: PayloadOptions): Promise<void> {
  const rows = await withStores(options, ({ objects }) => objects());
  if (options.format === 'json') return print(JSON.stringify(rows, null, 2));
  if (rows.length === 0) return narrate('no payloads');
  const cells = rows.map(({ store, key, bytes, expires, state }) => [
    store,
    key,
    formatSize(bytes),
    expires,
    state,
  ]);
  print(renderTable(['store', 'key', 'size', 'expires', 'state'], cells));
}

async function stats(options: PayloadOptions): Promise<void> {
  const listed = await withStores(options, ({ objects }) => objects());
  const rows = [...Map.groupBy(listed, ({ store }) => store)].flatMap(([store, stored]) =>
    states.flatMap((state) => {
      const group = stored.filter((object) => object.state === state);
      const bytes = group.reduce((sum, object) => sum + object.bytes, 0);
      return group.length === 0 ? [] : [{ store, state, objects: group.length, bytes }];
    }),
  );
  if (options.format === 'json') return print(JSON.stringify(rows, null, 2));
  if (rows.length === 0) return narrate('no payloads');
  const cells = rows.map(({ store, state, objects, bytes }) => [
    store,
    state,
    String(objects),
    formatSize(bytes),
  ]);
  print(renderTable(['store', 'state', 'objects', 'size'], cells));
}

async function collect(options: PayloadOptions): Promise<void> {
  const { objects, bytes } = await withStores(options, ({ collector }) => collector.sweepExpired());
  if (options.format === 'json') return print(JSON.stringify({ objects, bytes }));
  narrate(`deleted ${objects} expired payload${objects === 1 ? '' : 's'} (${formatSize(bytes)})`);
}

interface Opened {
  readonly objects: () => Promise<readonly Listed[]>;
  readonly collector: PayloadCollector;
}

/** Opens the engine's own store and those of every applied flow. */
async function withStores<T>(options: PayloadOptions, work: (opened: Opened) => Promise<T>): Promise<T> {
  const connected = await openConnection(options, 'vrsky payload');
  try {
    return await work(await open(connected, options));
  } finally {
    await connected.broker.close();
  }
}

async function open(connected: Connected, options: PayloadOptions): Promise<Opened> {
  const { runtimeParts } = await import('../cli/runtime-parts.ts');
  const { observeHolders } = await import('../../engine/runtime/collect-payloads.ts');
  const parts = runtimeParts(connected, {
    workingDirectory: '.',
    payloadsDirectory: options.payloads,
    ...(options.secrets === undefined ? {} : { secretsDirectory: options.secrets }),
    log: () => undefined,
  });
  for (const { store } of await appliedStores(connected)) {
    const { value, missing } = parts.resolveConfig(store.config);
    if (missing.length > 0) narrate(`store ${store.name} is left out: it needs ${missing.join(', ')}`);
    else parts.payloads.use(store.name, '', () => parts.openStore(store.type, value as JsonObject));
  }
  const entries = new Map<string, HolderEntry>();
  const { collector, stop } = await observeHolders(parts, entries);
  stop();
  const objects = async () => {
    const rows: Listed[] = [];
    for (const [store, { list: every }] of parts.payloads.stores)
      for await (const { key, size } of every()) rows.push(listed(store, key, size, entries.get(key)));
    // A store lists in any order, a bucket flows in the order of their last change.
    return rows.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  };
  return { objects, collector };
}

async function appliedStores({ broker }: Connected) {
  const { buckets } = await import('../../engine/compile/topology.ts');
  const { isDeployedFlow } = await import('../../engine/runtime/deployed-flow.ts');
  const programs = await broker.bucket(buckets.programs);
  const entries = await Promise.all((await programs.keys()).map((flow) => programs.get(flow)));
  return entries
    .map((entry) => entry?.value)
    .filter(isDeployedFlow)
    .flatMap(({ flow }) => (flow.payload?.store === undefined ? [] : [{ store: flow.payload.store }]));
}

function listed(store: string, key: string, bytes: number, entry: HolderEntry | undefined): Listed {
  const expiresAt = entry?.expiresAt ?? Number(/\/(\d+)-/.exec(key)?.[1] ?? 0);
  return { store, key, bytes, expires: new Date(expiresAt).toISOString(), state: stateOf(entry, expiresAt) };
}

function placeOf({ store, key }: Listed): string {
  return `${store}\0${key}`;
}

/** Of what one message alone needs, nothing is written down; what a crash left behind looks the same until it expires. */
function stateOf(entry: HolderEntry | undefined, expiresAt: number): State {
  if (entry === undefined) return expiresAt > Date.now() ? 'in transit' : 'orphan';
  if (entry.holders.length > 0) return 'in transit';
  return entry.dead.length > 0 ? 'dead letter' : 'free';
}
