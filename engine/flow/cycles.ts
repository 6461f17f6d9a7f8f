// Finds the cycles of a flow.
import type { DraftFlow, DraftNode } from './draft.ts';
import type { Edge, Wiring } from './wiring.ts';

interface Frame {
  readonly node: DraftNode;
  /** The edge that led here; absent on the first. */
  readonly by?: Edge;
  next: number;
}

/** The edges of each cycle, in order; no two lists end in the same edge. Depth-first with a stack of its own: flows may be long. */
export function cyclesOf(flow: DraftFlow, wiring: Wiring): readonly (readonly Edge[])[] {
  const finished = new Set<DraftNode>();
  return flow.steps.flatMap((step) => (finished.has(step) ? [] : search(step, wiring, finished)));
}

function search(start: DraftNode, wiring: Wiring, finished: Set<DraftNode>): readonly (readonly Edge[])[] {
  const cycles: (readonly Edge[])[] = [];
  const frames: Frame[] = [{ node: start, next: 0 }];
  const depths = new Map([[start, 0]]);
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const edge = wiring.edges.get(frame.node)?.[frame.next++];
    if (edge === undefined) {
      finished.add(frame.node);
      depths.delete(frame.node);
      frames.pop();
    } else if (depths.has(edge.to)) {
      const loop = frames.slice((depths.get(edge.to) as number) + 1).map(({ by }) => by as Edge);
      cycles.push([...loop, edge]);
    } else if (!finished.has(edge.to)) {
      depths.set(edge.to, frames.length);
      frames.push({ node: edge.to, by: edge, next: 0 });
    }
  }
  return cycles;
}
