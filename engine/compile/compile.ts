// Compiles flow graphs of one tenant into a program. Pure: the same graphs and placements give the same bytes.
import type { Diagnostic, Result } from '../diagnostics/diagnostic.ts';
import type { FlowGraph } from '../flow/graph.ts';
import { findBoundaries, mostOutputs } from './boundaries.ts';
import { digestOf } from './canonical-json.ts';
import { type Placements, placeFlows } from './placement.ts';
import type { CompiledFlow, Program } from './program.ts';
import { buildStages } from './stages.ts';
import { buildTopology } from './topology.ts';

export interface CompileOptions {
  readonly tenant: string;
  /** Where flows are already; from the cluster, empty offline. */
  readonly placements?: Placements;
}

type FlowContent = Omit<CompiledFlow, 'digest'>;

/** A flow travels to the workers as one bucket entry, and NATS takes 1 MiB by default. */
const maxFlowBytes = 1024 * 1024 - 64 * 1024;
/** nats-server 2.15 takes 1,000 JetStream consumers per stream; deliveries slow down long before. */
const maxStagesPerFlow = 200;
/** Ways that part and meet again and again double the copies each time. */
const maxOutputs = 1000;

export function compile(graphs: readonly FlowGraph[], options: CompileOptions): Result<Program> {
  const { value: flows, diagnostics } = compileFlows(graphs, options);
  if (flows === undefined) return { diagnostics };
  const content = { formatVersion: 1 as const, tenant: options.tenant, topology: buildTopology(flows) };
  // A flow's digest stands for all that is in it.
  const digest = digestOf({ ...content, flows: flows.map((flow) => flow.digest) });
  return { value: { ...content, flows, digest }, diagnostics };
}

/** What of a program is handed to workers, sorted by name. */
export function compileFlows(
  graphs: readonly FlowGraph[],
  options: Pick<CompileOptions, 'placements'>,
): Result<readonly CompiledFlow[]> {
  const ordered = [...graphs].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const placements = placeFlows(ordered, options.placements);
  const flows = ordered.map((graph) => compileFlow(graph, placements[graph.name] as string));
  const diagnostics = flows.flatMap(({ problems }) => problems);
  return diagnostics.length > 0 ? { diagnostics } : { value: flows.map(({ flow }) => flow), diagnostics };
}

/** One flow by itself: where its stream is, only the others can tell. */
export function compileAlone(graph: FlowGraph): Result<CompiledFlow> {
  const { flow, problems: diagnostics } = compileFlow(graph, placeFlows([graph])[graph.name] as string);
  return diagnostics.length > 0 ? { diagnostics } : { value: flow, diagnostics };
}

/** What is wrong with the topology of one flow, without the work of a digest. */
export function checkTopology(graph: FlowGraph): readonly Diagnostic[] {
  return topologyProblems(graph, contentOf(graph, placeFlows([graph])[graph.name] as string));
}

const compiled = new WeakMap<FlowGraph, Compiled>();

interface Compiled {
  readonly flow: CompiledFlow;
  readonly problems: readonly Diagnostic[];
}

/** Once per graph, as long as it stays in its stream. */
function compileFlow(graph: FlowGraph, stream: string): Compiled {
  const known = compiled.get(graph);
  if (known?.flow.stream === stream) return known;
  const content = contentOf(graph, stream);
  const flow = { ...content, digest: digestOf(content) };
  const made = { flow, problems: topologyProblems(graph, flow) };
  compiled.set(graph, made);
  return made;
}

function contentOf(graph: FlowGraph, stream: string): FlowContent {
  const boundaries = findBoundaries(graph);
  const { ordering, idempotency, throttle } = graph;
  return {
    formatVersion: 1 as const,
    tenant: graph.tenant,
    name: graph.name,
    durability: graph.durability,
    stream,
    limits: graph.limits,
    delivery: graph.delivery,
    ...(ordering === undefined ? {} : { ordering }),
    ...(idempotency === undefined ? {} : { idempotency }),
    ...(throttle === undefined ? {} : { throttle }),
    ...(graph.payload === undefined ? {} : { payload: graph.payload }),
    ...buildStages(graph, boundaries),
  };
}

function topologyProblems(graph: FlowGraph, flow: FlowContent): readonly Diagnostic[] {
  const problem = (code: string, message: string, help: string): Diagnostic => ({
    file: graph.file,
    range: graph.locate(['metadata', 'name']),
    severity: 'error',
    code,
    message: `flow ${flow.name} ${message}`,
    help,
  });
  const problems: Diagnostic[] = [];
  const bytes = Buffer.byteLength(JSON.stringify(flow));
  if (bytes > maxFlowBytes) {
    const message = `compiles to ${bytes} bytes; at most ${maxFlowBytes} can be handed to workers`;
    problems.push(
      problem('VRS5001', message, 'Split it into two flows that meet in a nats producer and consumer.'),
    );
  }
  const stages = flow.stages.reduce((total, { lanes = 1 }) => total + lanes, 0);
  if (stages > maxStagesPerFlow) {
    const message = `compiles to ${stages} stages (each lane of an ordered flow counts); at most ${maxStagesPerFlow} are allowed`;
    const help = 'Remove `durable: true` where it is not needed, take fewer lanes, or split the flow in two.';
    problems.push(problem('VRS5002', message, help));
  }
  const outputs = mostOutputs(graph, findBoundaries(graph));
  if (outputs > maxOutputs) {
    const many = outputs > 1e6 ? 'more than a million' : outputs.toLocaleString('en');
    const message = `would make up to ${many} messages of one in one go; at most ${maxOutputs.toLocaleString('en')} are allowed`;
    const help =
      'Every step with several targets copies the message, also where their ways meet again. Name one target where one is meant, or join the copies by an `aggregate` step with `key: $id`.';
    problems.push(problem('VRS5004', message, help));
  }
  return problems;
}
