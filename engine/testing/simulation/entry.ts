// Lets messages in at any step: adds a stage that begins there, made of the same nodes, and a consumer in front of it.

import type { CompiledFlow, ConsumerNode, Stage, StageAddress } from '../../compile/program.ts';
import { stageDurable, stageSubject } from '../../compile/stages.ts';

/** Names of the manifest hold no colon. */
const prefix = 'given:';

/** The flow with an entrance at each of the nodes that is not one of its consumers. */
export function withStepInputs(flow: CompiledFlow, nodes: readonly string[]): CompiledFlow {
  const consumers = new Set(flow.consumers.map(({ name }) => name));
  const steps = [...new Set(nodes)].filter((node) => !consumers.has(node));
  if (steps.length === 0) return flow;
  const entries = steps.map((step) => entryAt(flow, step));
  return {
    ...flow,
    consumers: [...flow.consumers, ...entries.map(({ consumer }) => consumer)],
    stages: [...flow.stages, ...entries.flatMap(({ stage }) => stage ?? [])],
  };
}

/** The consumer that messages for this node are offered to. */
export function consumerOf(flow: CompiledFlow, node: string): string {
  return flow.consumers.some(({ name }) => name === node) ? node : `${prefix}${node}`;
}

interface Entry {
  readonly consumer: ConsumerNode;
  /** Absent where a stage begins with the step anyway. */
  readonly stage?: Stage;
}

function entryAt(flow: CompiledFlow, step: string): Entry {
  const consumer = (address: StageAddress): ConsumerNode => ({
    name: `${prefix}${step}`,
    type: 'given',
    config: {},
    stages: [address],
  });
  const own = flow.stages.find(({ entry }) => entry === step);
  if (own !== undefined) {
    const { name, subject, lanes } = own;
    return { consumer: consumer({ stage: name, subject, ...(lanes === undefined ? {} : { lanes }) }) };
  }
  const around = flow.stages.find(({ nodes }) => Object.hasOwn(nodes, step));
  if (around === undefined) throw new Error(`flow ${flow.name} has no step ${step}`);
  const { nodes, lanes } = around;
  const name = `${prefix}${step}`;
  const address = {
    subject: stageSubject(flow.name, name),
    ...(lanes === undefined ? {} : { lanes }),
  };
  const durable = stageDurable(flow.name, name);
  const stage: Stage = { name, reason: 'durable', durable, entry: step, nodes, ...address };
  return { consumer: consumer({ stage: name, ...address }), stage };
}
