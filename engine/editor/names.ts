// The names that may be written in a field by its `x-ref`: nodes of a flow, flows, stores.
import type { Range } from '../diagnostics/diagnostic.ts';
import { type DraftFlow, type DraftNode, draftFlow, fieldsOf, nodesOf } from '../flow/draft.ts';
import { annotation } from '../manifest/schema-view.ts';
import { type Cursor, marked } from './cursor.ts';
import type { World } from './world.ts';

export interface KnownName {
  readonly name: string;
  /** What bears it: `producer (http)`. */
  readonly what: string;
  readonly file: string;
  readonly range: Range;
  /** When a node of a flow bears it. */
  readonly node?: { readonly flow: DraftFlow; readonly node: DraftNode };
}

/** Every name that may stand at the cursor; undefined when no name of something else belongs there. */
export function namesAt(cursor: Cursor, world: World): readonly KnownName[] | undefined {
  const kind = cursor.part === 'key' ? annotation(cursor.parentView, 'x-ref-keys') : marked(cursor, 'x-ref');
  switch (kind) {
    case 'flow':
      return world.drafts.filter((flow) => flow.tenant === tenantOf(cursor)).map(flowName);
    case 'store':
      return world.stores
        .filter(({ tenant }) => tenant === tenantOf(cursor))
        .map(({ document, definition }) => ({
          name: definition.name,
          what: `store (${definition.type})`,
          file: document.file,
          range: document.locate(['metadata', 'name']),
        }));
    case undefined:
      return undefined;
    default: {
      const flow = flowOf(cursor, world);
      return flow === undefined ? [] : nodesFor(String(kind), flow).map((node) => nodeName(flow, node));
    }
  }
}

/** The node whose own name stands at the cursor. */
export function namedNodeAt(cursor: Cursor, world: World): KnownName | undefined {
  const [spec, list, index, field] = cursor.path;
  if (spec !== 'spec' || field !== 'name' || cursor.path.length !== 4 || cursor.part === 'key')
    return undefined;
  const flow = flowOf(cursor, world);
  const node = flow && nodesOf(flow).find(({ path }) => path[1] === list && path[2] === index);
  return flow === undefined || node === undefined ? undefined : nodeName(flow, node);
}

/** The flow that the cursor is in, as it was before the mark if that is known; for a test the flow that it is about. */
export function flowOf({ document }: Cursor, { drafts }: World): DraftFlow | undefined {
  const { kind, metadata, spec } = fieldsOf(document.value);
  const { name, tenant = 'default' } = fieldsOf(metadata);
  const isTest = kind === 'Test';
  const wanted = isTest ? fieldsOf(spec).flow : name;
  const known = drafts.find(
    (flow) =>
      flow.name === wanted && flow.tenant === tenant && (isTest || flow.document.file === document.file),
  );
  return known ?? (kind === 'Flow' ? draftFlow(document) : undefined);
}

function tenantOf({ document }: Cursor): unknown {
  return fieldsOf(fieldsOf(document.value).metadata).tenant ?? 'default';
}

function nodesFor(kind: string, flow: DraftFlow): readonly DraftNode[] {
  switch (kind) {
    case 'entrance':
      return [...flow.consumers, ...flow.steps];
    case 'step':
      return flow.steps;
    case 'producer':
      return flow.producers;
    case 'lookup':
      return flow.steps.filter(({ type }) => type === 'enrich');
    default:
      return [...flow.steps, ...flow.producers];
  }
}

function nodeName(flow: DraftFlow, node: DraftNode): KnownName {
  return {
    name: node.name,
    what: `${node.role} (${node.type})`,
    file: flow.document.file,
    range: flow.document.locate([...node.path, 'name']),
    node: { flow, node },
  };
}

function flowName(flow: DraftFlow): KnownName {
  const { document, name } = flow;
  return { name, what: 'flow', file: document.file, range: document.locate(['metadata', 'name']) };
}
