// Follows what messages look like from the consumers through the steps: the shape at every node, and what its expressions make of it.
import type { Format } from '../format/codecs.ts';
import type { SchemaReader } from '../manifest/schema-view.ts';
import { type Sample, shapeOfRaw } from '../shape/sample.ts';
import { ANY, listOf, oneOf, type Shape, scalar } from '../shape/shape.ts';
import { shapeOfSchema } from '../shape/shape-of-schema.ts';
import { type DraftFlow, type DraftNode, type Fields, fieldsOf, nodesOf } from './draft.ts';
import { type DeadEnd, expressionsOf, type FlowExpression, followText } from './flow-expressions.ts';
import { eitherSample } from './samples.ts';
import type { Wiring } from './wiring.ts';

export interface FollowedFlow {
  /** What a message looks like when it comes to a step or producer, and when a consumer hands it on. */
  readonly at: ReadonlyMap<DraftNode, Sample>;
  readonly dead: readonly (DeadEnd & { readonly expression: FlowExpression })[];
}

const UNKNOWN: Sample = { shape: ANY };

/** `samples` says what consumers hand on; of those that it leaves out nothing is known. Total, also for a flow with mistakes. */
export function followFlow(
  flow: DraftFlow,
  wiring: Wiring,
  samples: ReadonlyMap<DraftNode, Sample>,
  reader: SchemaReader,
): FollowedFlow {
  const expressions = expressionsOf(flow.document, reader);
  const at = new Map<DraftNode, Sample>();
  const dead: (DeadEnd & { readonly expression: FlowExpression })[] = [];
  const before = predecessors(flow, wiring);
  const outputs = new Map<DraftNode, Sample>();
  const follow = (expression: FlowExpression, input: Shape): Shape => {
    const followed = followText(expression, input);
    dead.push(...followed.dead.map((one) => ({ ...one, expression })));
    return followed.result;
  };
  for (const node of inOrder(flow, before)) {
    const own = expressions.filter(({ path }) => node.path.every((step, index) => path[index] === step));
    const sources = (before.get(node) ?? []).map((one) => outputs.get(one) ?? UNKNOWN);
    const input = node.role === 'consumer' ? (samples.get(node) ?? UNKNOWN) : anyOf(sources);
    at.set(node, input);
    outputs.set(node, outputOf(node, input, own, follow));
  }
  const accepted = anyOf(flow.consumers.map((one) => at.get(one) ?? UNKNOWN));
  const ofFlow = expressions.filter(({ path }) => path[0] === 'spec' && typeof path[2] === 'string');
  for (const expression of ofFlow) follow(expression, accepted.shape);
  return { at, dead };
}

function anyOf(samples: readonly Sample[]): Sample {
  return samples.length === 0 ? UNKNOWN : samples.reduce((one, other) => eitherSample(one, other));
}

type Follow = (expression: FlowExpression, input: Shape) => Shape;

/** Steps that hand on the message they got, and whose expressions are about it. */
const PASSING = new Set(['filter', 'route', 'set', 'validate', 'dedupe', 'throttle', 'delay']);

function outputOf(
  node: DraftNode,
  input: Sample,
  expressions: readonly FlowExpression[],
  follow: Follow,
): Sample {
  // What a consumer's own expressions are about is no message yet.
  if (node.role === 'consumer') return input;
  const all = (shape: Shape) => expressions.map((expression) => follow(expression, shape));
  if (node.role === 'producer' || PASSING.has(node.type)) {
    all(input.shape);
    return node.type === 'validate' && input.shape.any ? { shape: shapeOfSchema(node.value.schema) } : input;
  }
  switch (node.type) {
    case 'map':
      return { shape: all(input.shape)[0] ?? ANY };
    case 'convert':
      return converted(node.value, input);
    case 'split':
      return split(node.value, input, expressions, follow);
    case 'aggregate':
      return aggregated(input, expressions, follow);
    default:
      return UNKNOWN;
  }
}

function converted({ from, to, csv, xml, namespaces }: Fields, { shape, raw }: Sample): Sample {
  if (to !== 'json') return { shape: scalar('string') };
  const format = from as Format | undefined;
  if (raw === undefined) return { shape: format === undefined || format === 'json' ? shape : ANY };
  const options = {
    csv: fieldsOf(csv),
    xml: { ...fieldsOf(xml), ...(namespaces === undefined ? {} : { namespaces }) },
  };
  const isList = (own: Format) => ['csv', 'ndjson'].includes(format ?? own);
  const decoded = readable(() => shapeOfRaw(raw, format, options as never));
  return { shape: raw.some((one) => isList(one.format)) ? listOf(decoded) : decoded };
}

function split(
  { format, csv }: Fields,
  input: Sample,
  expressions: readonly FlowExpression[],
  follow: Follow,
): Sample {
  const list = expressions.find(({ path }) => path.at(-1) === 'expression');
  const part =
    list === undefined ? partOf(input, format as Format | undefined, csv) : oneOf(follow(list, input.shape));
  for (const expression of expressions) if (expression !== list) follow(expression, part);
  return { shape: part };
}

function partOf({ shape, raw }: Sample, format: Format | undefined, csv: unknown): Shape {
  const as = format ?? (csv === undefined ? raw?.[0]?.format : 'csv');
  if (as === 'json' || as === undefined) return oneOf(shape);
  return raw === undefined ? ANY : readable(() => shapeOfRaw(raw, as, { csv: fieldsOf(csv) }));
}

function aggregated({ shape }: Sample, expressions: readonly FlowExpression[], follow: Follow): Sample {
  const group = listOf(shape);
  for (const expression of expressions) follow(expression, expression.path.at(-1) === 'when' ? group : shape);
  return { shape: group };
}

/** A sample that the step cannot read says nothing; the step would fail on it. */
function readable(read: () => Shape): Shape {
  try {
    return read();
  } catch {
    return ANY;
  }
}

function predecessors(flow: DraftFlow, { edges }: Wiring): ReadonlyMap<DraftNode, readonly DraftNode[]> {
  const before = new Map<DraftNode, Set<DraftNode>>(nodesOf(flow).map((node) => [node, new Set()]));
  for (const [from, list] of edges) for (const { to } of list) before.get(to)?.add(from);
  return new Map([...before].map(([node, set]) => [node, [...set]]));
}

/** Every node after those it gets messages from; nodes of a cycle come last, in the order of the manifest. */
function inOrder(
  flow: DraftFlow,
  before: ReadonlyMap<DraftNode, readonly DraftNode[]>,
): readonly DraftNode[] {
  const done = new Set<DraftNode>();
  const nodes = nodesOf(flow);
  const visit = (node: DraftNode, above: ReadonlySet<DraftNode>): void => {
    if (done.has(node) || above.has(node)) return;
    const inside = new Set([...above, node]);
    for (const one of before.get(node) ?? []) visit(one, inside);
    done.add(node);
  };
  for (const node of nodes) visit(node, new Set());
  return [...done];
}
