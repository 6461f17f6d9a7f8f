// Settings that every object of ours has without a spec naming them, where the server has something else.
import type { ConsumerConfig, StreamConfig } from '@nats-io/jetstream';
import type { Json } from '../compile/program.ts';
import type { Deviation } from '../plan/state.ts';
import { consumerConfig, consumerSpec, streamConfig, streamSpec } from './specs.ts';

/** JetStream never changes these. */
const fixedOfConsumers: ReadonlySet<string> = new Set([
  'deliver_policy',
  'ack_policy',
  'replay_policy',
  'max_waiting',
  'mem_storage',
  'flow_control',
  'idle_heartbeat',
  'deliver_subject',
  'headers_only',
]);

export function streamDeviations(config: StreamConfig): readonly Deviation[] {
  return deviations(config, streamConfig(streamSpec(config)), new Set());
}

export function consumerDeviations(stream: string, config: ConsumerConfig): readonly Deviation[] {
  return deviations(config, consumerConfig(consumerSpec(stream, config)), fixedOfConsumers);
}

/** Whatever the spec says comes out the same both ways; what is left are settings that we always ask for alike. */
function deviations(live: object, ours: object, fixed: ReadonlySet<string>): readonly Deviation[] {
  const now = new Map(Object.entries(live) as [string, Json | undefined][]);
  return (Object.entries(ours) as [string, Json][])
    .filter(([name]) => name !== 'metadata' && name !== 'subjects')
    .filter(([name, value]) => !isSame(value, now.get(name)))
    .map(([path, value]) => ({
      path,
      ours: value,
      live: now.get(path) ?? null,
      isFixed: fixed.has(path),
    }));
}

/** The server leaves out what is false or nothing. */
function isSame(ours: Json, live: Json | undefined): boolean {
  return ours === live || (live === undefined && (ours === false || ours === 0));
}
