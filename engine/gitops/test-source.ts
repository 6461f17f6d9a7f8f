// A source over real git and a real server for tests: passes by hand, everything it says gathered.
import path from 'node:path';
import type { TestContext } from 'node:test';
import { openDeployment } from '../apply/open-deployment.ts';
import { buckets } from '../compile/topology.ts';
import { withServer } from '../devserver/test-server.ts';
import type { SourceManifest } from '../manifest/kinds.gen.ts';
import { applyPorts } from '../nats/apply-ports.ts';
import { connectTest } from '../nats/test-broker.ts';
import type { FlowRecord } from '../plan/state.ts';
import { systemClock } from '../runtime/clock.ts';
import { type FollowedSource, followSource } from './follow-source.ts';
import { TestRepository } from './git/test-repository.ts';
import type { Condition } from './loop/condition.ts';
import { readNotes } from './loop/notes.ts';
import { defineSource } from './source-definition.ts';

export const never: AbortSignal = new AbortController().signal;

export type GitSpec = Extract<SourceManifest['spec'], { readonly type: 'git' }>;

/** A flow that needs nothing: a schedule that never comes due, and a log. */
export function manifest(name: string, text = 'hello'): string {
  return `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: ${name} }
spec:
  consumers:
    - { name: tick, type: schedule, every: 24h }
  steps:
    - { name: shape, type: set, headers: { text: ${JSON.stringify(text)} } }
  producers:
    - { name: out, type: log }
`;
}

export async function setUpSource(t: TestContext) {
  const { url } = await withServer(t);
  const { broker, cluster } = await connectTest(t, url);
  const ports = applyPorts({ broker, cluster });
  const deployment = openDeployment(ports);
  const repository = new TestRepository(t);
  const told: string[] = [];
  const listeners = new Set<() => void>();
  const tell = (replica: string | undefined, line: string) => {
    told.push(replica === undefined ? line : `${replica} ${line}`);
    for (const listener of listeners) listener();
  };
  const open = (
    spec: Partial<GitSpec> = {},
    name = 'flows',
    more: { readonly replica?: string } = {},
  ): FollowedSource => {
    const definition = defineSource(
      {
        apiVersion: 'vrsky.io/v1',
        kind: 'Source',
        metadata: { name },
        spec: {
          type: 'git',
          url: repository.url,
          interval: '1h',
          healthPatience: '20s',
          minReady: '10ms',
          ...spec,
        },
      },
      { env: () => undefined, secret: () => undefined },
    );
    return followSource(definition, {
      deployment,
      ports,
      broker,
      clock: systemClock,
      dataDirectory: path.join(repository.folder, `data${more.replica ?? ''}`),
      onEvent: (source, event) => {
        if (event.kind !== 'transition') tell(more.replica, `${source} ${event.kind}`);
        else {
          const { type, status, reason } = event.transition.condition;
          tell(more.replica, `${source} ${type}=${status} ${reason}`);
        }
      },
    });
  };
  /** Resolves when this was told so many times. */
  const until = (line: string, times = 1): Promise<void> =>
    new Promise((resolve) => {
      const listener = () => {
        if (told.filter((one) => one === line).length < times) return;
        listeners.delete(listener);
        resolve();
      };
      listeners.add(listener);
      listener();
    });
  const programs = async () => {
    const bucket = await broker.bucket(buckets.programs);
    const names = (await bucket.keys()).toSorted();
    const records = await Promise.all(
      names.map(async (name) => (await bucket.get(name))?.value as FlowRecord),
    );
    return Object.fromEntries(records.map(({ flow }) => [flow.name, textOf(flow)]));
  };
  const conditions = async (name = 'flows') =>
    Object.fromEntries(
      readNotes((await deployment.notes.get(name))?.value).conditions.map(
        ({ type, status, reason }: Condition) => [type, `${status} ${reason}`],
      ),
    );
  return { url, broker, cluster, ports, deployment, repository, told, until, open, programs, conditions };
}

/** What the one step of {@link manifest} sets. */
function textOf(flow: FlowRecord['flow']): string {
  const nodes = flow.stages.flatMap((stage) => Object.values(stage.nodes));
  const headers = nodes.find(({ type }) => type === 'set')?.config.headers as
    | { readonly text: string }
    | undefined;
  return headers?.text ?? '';
}
