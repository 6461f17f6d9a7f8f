// How much a stage may have in hand: of what is handed out and not settled.
import type { Stage } from '../compile/program.ts';
import type { PullOptions } from './ports.ts';
import type { ProducerQueue } from './producer-queue.ts';

type Bounds = Required<Pick<PullOptions, 'minMessages' | 'maxMessages' | 'maxBytes'>>;

/** Of ordered lanes, where messages wait behind others with the same key: more of them keep other keys going. Of aggregates, open groups are. */
const fixed = {
  lane: { minMessages: 2048, maxMessages: 2048, maxBytes: 16 * 1024 * 1024 },
  aggregate: { minMessages: 10_000, maxMessages: 10_000, maxBytes: 64 * 1024 * 1024 },
} as const;
const maxMessages = 2048;
const maxBytes = 16 * 1024 * 1024;
/** A stage whose steps answer at once. */
const leastMessages = 16;
/** Steps that ask somebody else wait for answers side by side. */
const asking: ReadonlySet<string> = new Set(['enrich', 'dedupe']);
const leastAsking = 64;
const mostUnderWay = 256;

export function inHandOf(
  stage: Stage,
  kind: keyof typeof fixed | 'shared',
  { producers, isAsking }: { readonly producers: Iterable<ProducerQueue>; readonly isAsking: boolean },
): Bounds {
  if (kind !== 'shared') return fixed[kind];
  const nodes = Object.values(stage.nodes);
  const asks = isAsking || nodes.some(({ type }) => asking.has(type));
  // Four times: a small window is filled again when a quarter is left, and so many are still written then.
  const written = [...producers].map((producer) => 4 * Math.min(mostUnderWay / 4, producer.capacity));
  const batches = nodes.map((node) => (node.kind === 'producer' ? 2 * (node.batch.messages ?? 0) : 0));
  const minMessages = Math.max(asks ? leastAsking : leastMessages, ...written, ...batches);
  return { minMessages, maxMessages: Math.max(maxMessages, minMessages), maxBytes };
}
