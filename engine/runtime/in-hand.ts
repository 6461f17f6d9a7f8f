// How much a stage may have in hand: of what is handed out and not settled.
import type { Stage } from '../compile/program.ts';
import type { PullOptions } from './ports.ts';

type Bounds = Required<Pick<PullOptions, 'minMessages' | 'maxMessages' | 'maxBytes'>>;

const bounds = {
  shared: { minMessages: 256, maxMessages: 2048, maxBytes: 16 * 1024 * 1024 },
  /** Messages wait behind others with the same key: more of them keep other keys going. */
  lane: { minMessages: 2048, maxMessages: 2048, maxBytes: 16 * 1024 * 1024 },
  /** Open groups are in hand. */
  aggregate: { minMessages: 10_000, maxMessages: 10_000, maxBytes: 64 * 1024 * 1024 },
} as const;

export function inHandOf(stage: Stage, kind: keyof typeof bounds): Bounds {
  const { minMessages, maxMessages, maxBytes } = bounds[kind];
  // Two batches: one fills while the other is written.
  const enough = 2 * largestBatch(stage);
  return {
    minMessages: Math.max(minMessages, enough),
    maxMessages: Math.max(maxMessages, enough),
    maxBytes,
  };
}

function largestBatch({ nodes }: Stage): number {
  return Math.max(
    0,
    ...Object.values(nodes).map((node) => (node.kind === 'producer' ? (node.batch.messages ?? 0) : 0)),
  );
}
