// Where copies of one message can come together again: there their ids tell them apart, or a sink would take the second for a repetition.
import type { FlowGraph } from '../flow/graph.ts';
import { successorsOf } from './boundaries.ts';

/** Of targets that get a copy each, those whose copies can reach the same producer. */
export type MeetingTargets = (targets: readonly string[]) => readonly string[];

/** Expects a graph without cycles. */
export function meetingTargets(graph: FlowGraph): MeetingTargets {
  const steps = new Map(graph.steps.map((step) => [step.name, step]));
  /** The producers that a node leads to, a bit for each: a set for each node would be quadratic. */
  const known = new Map(graph.producers.map(({ name }, index) => [name, 1n << BigInt(index)]));

  function reached(node: string): bigint {
    const before = known.get(node);
    if (before !== undefined) return before;
    const step = steps.get(node);
    const producers = step === undefined ? 0n : union(successorsOf(step).map(reached));
    known.set(node, producers);
    return producers;
  }

  return (targets) => {
    const different = [...new Set(targets)];
    let once = 0n;
    let twice = 0n;
    for (const target of different) {
      twice |= once & reached(target);
      once |= reached(target);
    }
    return different.filter((target) => (reached(target) & twice) !== 0n);
  };
}

function union(sets: readonly bigint[]): bigint {
  return sets.reduce((all, set) => all | set, 0n);
}
