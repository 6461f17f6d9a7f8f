// Payload stores of kind ObjectStore: read out of their documents, and given to the flows that use them.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { didYouMean, listNames } from '../diagnostics/did-you-mean.ts';
import type { ManifestDocument } from '../manifest/document.ts';
import type { ObjectStoreManifest } from '../manifest/kinds.gen.ts';
import type { FlowGraph, JsonObject, ObjectStoreDefinition } from './graph.ts';
import { defaultPayloadSizes } from './policies.ts';

/** A store with where it comes from. */
export interface DraftStore {
  readonly document: ManifestDocument;
  readonly tenant: string;
  readonly isDefault: boolean;
  readonly definition: ObjectStoreDefinition;
}

/** Expects a document of kind ObjectStore without errors. */
export function draftStore(document: ManifestDocument): DraftStore {
  const { metadata, spec } = document.value as ObjectStoreManifest;
  const { type, default: isDefault = false, ...config } = spec;
  return {
    document,
    tenant: metadata.tenant ?? 'default',
    isDefault,
    definition: { name: metadata.name, type, config: config as JsonObject },
  };
}

/** Stores of one name, and second defaults, within a tenant. */
export function checkStores(stores: readonly DraftStore[]): readonly Diagnostic[] {
  const byName = Map.groupBy(stores, ({ tenant, definition }) => `${tenant}/${definition.name}`);
  const defaults = Map.groupBy(
    stores.filter(({ isDefault }) => isDefault),
    ({ tenant }) => tenant,
  );
  return [
    ...repeated(
      byName,
      ['metadata', 'name'],
      ({ definition }) => `There is a store \`${definition.name}\` already`,
    ),
    ...repeated(
      defaults,
      ['spec', 'default'],
      ({ tenant }) => `The tenant \`${tenant}\` has a default store already`,
    ),
  ];
}

function repeated(
  groups: ReadonlyMap<string, readonly DraftStore[]>,
  path: readonly string[],
  message: (store: DraftStore) => string,
): readonly Diagnostic[] {
  return [...groups.values()].flatMap(([first, ...others]) =>
    others.map((store) =>
      diagnose('VRS3009', store.document.file, store.document.locate(path), message(store), {
        help: 'Names of stores, and the default, are unique within a tenant, over all files.',
        related:
          first === undefined
            ? []
            : [{ file: first.document.file, range: first.document.locate(path), message: 'the first one' }],
      }),
    ),
  );
}

export interface LinkedFlows {
  /** Those whose store is known. */
  readonly flows: readonly FlowGraph[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Gives every flow the store that it names, or its tenant's default. */
export function linkStores(flows: readonly FlowGraph[], stores: readonly DraftStore[]): LinkedFlows {
  const linked: FlowGraph[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const flow of flows) {
    const own = stores.filter(({ tenant }) => tenant === flow.tenant);
    const name = flow.payload?.storeName;
    const store = own.find(({ isDefault, definition }) =>
      name === undefined ? isDefault : definition.name === name,
    );
    if (name !== undefined && store === undefined) diagnostics.push(unknownStore(flow, name, own));
    else linked.push(store === undefined ? flow : withStore(flow, store.definition));
  }
  return { flows: linked, diagnostics };
}

const withStores = new WeakMap<FlowGraph, FlowGraph>();

/** The same for the same two: what is compiled of it is kept. */
function withStore(flow: FlowGraph, store: ObjectStoreDefinition): FlowGraph {
  const known = withStores.get(flow);
  if (known?.payload?.store === store) return known;
  const linked = { ...flow, payload: { ...(flow.payload ?? defaultPayloadSizes), store } };
  withStores.set(flow, linked);
  return linked;
}

function unknownStore(flow: FlowGraph, name: string, stores: readonly DraftStore[]): Diagnostic {
  const names = stores.map(({ definition }) => definition.name);
  const meant = didYouMean(name, names);
  const range = flow.locate(['spec', 'payload', 'store']);
  return diagnose('VRS3009', flow.file, range, `There is no ObjectStore \`${name}\``, {
    help:
      meant === undefined
        ? names.length === 0
          ? 'Add a manifest of kind ObjectStore, and check it together with this one.'
          : `There are: ${listNames(names)}.`
        : `Did you mean \`${meant}\`?`,
  });
}
