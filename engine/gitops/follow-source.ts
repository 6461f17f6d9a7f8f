// Puts one source together: origin, loop, nudges of other replicas, notifications.
import type { Deployment } from '../apply/deployment.ts';
import { openOrCreate } from '../apply/open-bucket.ts';
import type { ApplyPorts } from '../apply/ports.ts';
import { buckets } from '../compile/topology.ts';
import type { SchemaSet } from '../manifest/schema-set.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Broker } from '../runtime/ports.ts';
import type { Pass } from './loop/pass.ts';
import { type LoopParts, type SourceEvent, SourceLoop } from './loop/source-loop.ts';
import { Notifier } from './notify/notifier.ts';
import { onNudge } from './nudges.ts';
import type { SourceDefinition } from './source-definition.ts';

export interface FollowParts {
  readonly deployment: Deployment;
  readonly ports: ApplyPorts;
  readonly broker: Pick<Broker, 'listen'>;
  readonly clock: Clock;
  readonly dataDirectory: string;
  readonly schemas?: SchemaSet;
  readonly onEvent: (source: string, event: SourceEvent) => void;
  readonly onPass?: (source: string, pass: Pass, delayMs: number) => void;
  readonly onChange?: (source: string, change: string) => void;
  readonly onDiagnostics?: LoopParts['onDiagnostics'];
}

export interface FollowedSource {
  /** Until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  once(signal: AbortSignal): Promise<Pass>;
}

const tellMs = 15_000;

export function followSource(definition: SourceDefinition, parts: FollowParts): FollowedSource {
  const { name } = definition.loop;
  const { deployment, ports, broker, clock, onPass, onChange, onDiagnostics } = parts;
  const notifier = new Notifier(name, definition.notify, clock, (message) =>
    parts.onEvent(name, { kind: 'trouble', message }),
  );
  const loop = new SourceLoop(definition.loop, {
    origin: definition.openOrigin(parts.dataDirectory),
    deployment,
    askWorkers: ports.askWorkers,
    clock,
    random: Math.random,
    ...(parts.schemas === undefined ? {} : { schemas: parts.schemas }),
    lease: async (lease, ttlMs, signal) => {
      await openOrCreate(buckets.leases, ports);
      return ports.lease(lease, ttlMs, signal);
    },
    onEvent: (event) => {
      parts.onEvent(name, event);
      notifier.tell(event);
    },
    ...(onPass === undefined ? {} : { onPass: (pass, delayMs) => onPass(name, pass, delayMs) }),
    ...(onChange === undefined ? {} : { onChange: (change) => onChange(name, change) }),
    ...(onDiagnostics === undefined ? {} : { onDiagnostics }),
  });
  const settled = () => notifier.settled(AbortSignal.timeout(tellMs));
  return {
    run: async (signal) => {
      onNudge(broker, name, () => loop.nudge(), signal);
      await loop.run(signal);
      await settled();
    },
    once: async (signal) => {
      const pass = await loop.once(signal);
      await settled();
      return pass;
    },
  };
}
