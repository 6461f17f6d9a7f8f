// Reads the nodes of a flow and what they name out of a document, as far as it can be read: other mistakes must not hide these.
import type { DocumentPath, ManifestDocument } from '../manifest/document.ts';

export type Role = 'consumer' | 'step' | 'producer';

/** A name written in a target field, and where. */
export interface Reference {
  readonly name: string;
  readonly path: DocumentPath;
  readonly via: 'to' | 'when' | 'otherwise' | 'onError';
}

export interface DraftNode {
  readonly role: Role;
  readonly name: string;
  readonly type: string;
  /** Of the node in the document; its name stands at `[...path, 'name']`. */
  readonly path: DocumentPath;
  readonly references: readonly Reference[];
  /** The node says itself where messages go; without this they go on in the order of the manifest. */
  readonly hasTarget: boolean;
  readonly value: Fields;
}

export interface DraftFlow {
  readonly document: ManifestDocument;
  readonly name: string;
  readonly renamedFrom?: string;
  readonly tenant: string;
  readonly consumers: readonly DraftNode[];
  readonly steps: readonly DraftNode[];
  readonly producers: readonly DraftNode[];
  /** Every node has a name and every target could be read: only then does it make sense to ask what is reachable. */
  readonly isComplete: boolean;
}

export type Fields = Readonly<Record<string, unknown>>;

/** The name of an outcome rather than a node: `otherwise: drop`. */
export const DROP = 'drop';

export function draftFlow(document: ManifestDocument): DraftFlow {
  const { metadata, spec } = fieldsOf(document.value);
  const { name, tenant, renamedFrom } = fieldsOf(metadata);
  const lists = fieldsOf(spec);
  const consumers = draftNodes('consumer', lists.consumers);
  const steps = draftNodes('step', lists.steps);
  const producers = draftNodes('producer', lists.producers);
  return {
    document,
    name: typeof name === 'string' ? name : '',
    ...(typeof renamedFrom === 'string' ? { renamedFrom } : {}),
    tenant: typeof tenant === 'string' ? tenant : 'default',
    consumers: consumers.nodes,
    steps: steps.nodes,
    producers: producers.nodes,
    isComplete:
      consumers.isComplete &&
      steps.isComplete &&
      producers.isComplete &&
      consumers.nodes.length * producers.nodes.length > 0,
  };
}

/** Every node, in the order in which a flow is read. */
export function nodesOf(flow: DraftFlow): readonly DraftNode[] {
  return [...flow.consumers, ...flow.steps, ...flow.producers];
}

/** The field in which a step names what follows: `to` of `convert` is a format. */
export function targetField(role: Role, type: string): 'to' | 'next' {
  return role === 'step' && type === 'convert' ? 'next' : 'to';
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function draftNodes(role: Role, list: unknown): { nodes: readonly DraftNode[]; isComplete: boolean } {
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  const drafts = items.map((item, index) => draftNode(role, fieldsOf(item), ['spec', `${role}s`, index]));
  const nodes = drafts.filter((draft) => draft !== undefined);
  const isReadable = list === undefined || list === null || Array.isArray(list);
  return {
    nodes,
    isComplete: isReadable && nodes.length === items.length && nodes.every((node) => node.isReadable),
  };
}

function draftNode(
  role: Role,
  value: Fields,
  path: DocumentPath,
): (DraftNode & { isReadable: boolean }) | undefined {
  const { name, type } = value;
  if (typeof name !== 'string') return undefined;
  const kind = typeof type === 'string' ? type : '';
  const targets = role === 'producer' ? [] : targetsOf(role, kind, value, path);
  return {
    role,
    name,
    type: kind,
    path,
    value,
    references: targets.flatMap((target) => target ?? []),
    hasTarget: value[targetField(role, kind)] !== undefined || kind === 'route',
    isReadable: kind !== '' && !targets.includes(undefined),
  };
}

type Targets = readonly (readonly Reference[] | undefined)[];

function targetsOf(role: Role, type: string, value: Fields, path: DocumentPath): Targets {
  const field = targetField(role, type);
  const found = [readTarget(value[field], [...path, field], 'to')];
  if (role !== 'step') return found;
  const onError = fieldsOf(value.onError);
  if ('to' in onError) found.push(readTarget(onError.to, [...path, 'onError', 'to'], 'onError'));
  if (type !== 'route') return found;
  const routes: readonly unknown[] = Array.isArray(value.routes) ? value.routes : [undefined];
  for (const [index, route] of routes.entries()) {
    const to = fieldsOf(route).to;
    found.push(to === undefined ? undefined : readTarget(to, [...path, 'routes', index, 'to'], 'when'));
  }
  const otherwise = readTarget(value.otherwise, [...path, 'otherwise'], 'otherwise');
  return [...found, otherwise?.filter((target) => target.name !== DROP)];
}

/** A name or a list of names; undefined when it is neither. */
function readTarget(
  value: unknown,
  path: DocumentPath,
  via: Reference['via'],
): readonly Reference[] | undefined {
  if (value === undefined) return [];
  if (typeof value === 'string') return [{ name: value, path, via }];
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string')) return undefined;
  return value.map((name, index) => ({ name, path: [...path, index], via }));
}
