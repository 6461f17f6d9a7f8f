// Throttles, batches and breakers: from what a manifest writes to numbers, with every default filled in.
import { parseDuration } from '../units/duration.ts';
import { parseRate } from '../units/rate.ts';
import { parseSize } from '../units/size.ts';
import type {
  BatchDefinition,
  BreakerDefinition,
  JsonObject,
  LinkDefinition,
  PayloadDefinition,
  ThrottleDefinition,
} from './graph.ts';

/** What travels inside its message, and what a step may hold. */
export const defaultPayloadSizes: PayloadDefinition = {
  inlineBytes: 256 * 1024,
  maxValueBytes: 64 * 1024 * 1024,
};

/** Fields of every producer that are the engine's, not the connector's. */
export const producerPolicies = ['batch', 'breaker', 'throttle', 'payload', 'link'] as const;

interface WrittenThrottle {
  readonly rate?: string;
  readonly burst?: number;
  readonly concurrency?: number;
}

interface WrittenBatch {
  readonly messages?: number;
  readonly bytes?: string;
  readonly wait?: string;
}

interface WrittenBreaker {
  readonly failures?: number;
  readonly probe?: string;
}

/** As written on a producer; which of them a connector takes, its schema says. */
export interface ProducerPolicies {
  readonly batch?: WrittenBatch;
  readonly breaker?: WrittenBreaker;
  readonly throttle?: WrittenThrottle;
  readonly payload?: 'link';
  readonly link?: { readonly expires?: string; readonly by?: 'engine' | 'store' };
}

/** Expects what the schema takes: a rate, a concurrency, or both. */
export function throttleOf({ rate, burst = 1, concurrency }: WrittenThrottle): ThrottleDefinition {
  return {
    ...(rate === undefined ? {} : { intervalMs: parseRate(rate) }),
    burst,
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}

/** Absent when the producer takes the payload itself. */
export function linkOf({ payload, link }: ProducerPolicies): { readonly link?: LinkDefinition } {
  if (payload !== 'link') return {};
  const expiresMs = parseDuration(link?.expires ?? '24h') as number;
  return { link: link?.by === 'store' ? { expiresMs, by: 'store' } : { expiresMs } };
}

/** The throttle that a step of type `throttle` is. */
export function stepThrottle(config: JsonObject): ThrottleDefinition {
  return throttleOf(config as WrittenThrottle);
}

export function batchOf({ messages, bytes = '8MiB', wait = '0ms' }: WrittenBatch = {}): BatchDefinition {
  return {
    ...(messages === undefined ? {} : { messages }),
    bytes: parseSize(bytes) as number,
    waitMs: parseDuration(wait) as number,
  };
}

export function breakerOf({ failures = 10, probe = '5s' }: WrittenBreaker = {}): BreakerDefinition {
  return { failures, probeMs: parseDuration(probe) as number };
}
