// Assigns flows to streams: pools of about thirty, filled in order, never moving a flow because another came or went.
import type { Durability, FlowGraph } from '../flow/graph.ts';

/** Flow name → the stream that holds its messages. */
export type Placements = Readonly<Record<string, string>>;

/** One stream for all makes deliveries search, a stream each costs memory and Raft groups. */
export const flowsPerStream = 30;

const dedicatedPrefix = 'VRSKY_FLOW_';

/** Whether a stream holds one flow alone. */
export function isDedicated(stream: string): boolean {
  return stream.startsWith(dedicatedPrefix);
}

/** Whether a stream holds messages of flows. */
export function isFlowStream(stream: string): boolean {
  return isDedicated(stream) || /^VRSKY_(?:[A-Z]+_)?FLOWS_\d+$/.test(stream);
}

/**
 * Places every flow. `known` are the placements of before: a flow keeps its stream as long as it still belongs there (a change of
 * durability or of `stream: dedicated` moves it). New flows go by name into the first pool of their class with room.
 */
export function placeFlows(graphs: readonly FlowGraph[], known: Placements = {}): Placements {
  const placed = new Map<string, string>();
  const load = new Map<string, number>();
  const place = (flow: string, stream: string) => {
    placed.set(flow, stream);
    load.set(stream, (load.get(stream) ?? 0) + 1);
  };
  const ordered = [...graphs].sort((a, b) => (a.name < b.name ? -1 : 1));
  const homeless: FlowGraph[] = [];
  for (const graph of ordered) {
    const before = known[graph.name];
    if (graph.stream === 'dedicated') place(graph.name, `${dedicatedPrefix}${graph.name}`);
    else if (before?.startsWith(poolPrefix(graph.durability)) === true) place(graph.name, before);
    else homeless.push(graph);
  }
  for (const graph of homeless) place(graph.name, firstWithRoom(graph.durability, load));
  return Object.fromEntries(placed);
}

function firstWithRoom(durability: Durability, load: ReadonlyMap<string, number>): string {
  for (let number = 1; ; number++) {
    const stream = `${poolPrefix(durability)}${number}`;
    if ((load.get(stream) ?? 0) < flowsPerStream) return stream;
  }
}

/** `VRSKY_FLOWS_` for standard flows, with the class named otherwise. The digits that follow keep the prefixes apart. */
function poolPrefix(durability: Durability): string {
  return durability === 'standard' ? 'VRSKY_FLOWS_' : `VRSKY_${durability.toUpperCase()}_FLOWS_`;
}
