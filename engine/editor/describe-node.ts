// What a consumer, step or producer compiles to, for people: its stages, their subjects, and what its messages look like.
import type { CompiledFlow, Stage } from '../compile/program.ts';
import { stageReasons } from '../compile/stage-reasons.ts';
import type { DraftFlow, DraftNode } from '../flow/draft.ts';
import { shapeAt } from '../flow/shape-at.ts';
import { describeShape } from '../shape/describe-shape.ts';
import type { World } from './world.ts';

/** Markdown. */
export function describeNode(flow: DraftFlow, node: DraftNode, world: World): string {
  const compiled = world.compiled(flow);
  const shape = shapeAt(flow.document, node.path, world.reader, world.readFile);
  return [
    `**${node.role} \`${node.name}\`** (${node.type}) of flow \`${flow.name}\``,
    ...(compiled === undefined ? ['No stage: the flow has mistakes.'] : placesOf(compiled, node)),
    ...(shape === undefined ? [] : [`Messages here, by the sample: ${describeShape(shape)}`]),
  ].join('\n\n');
}

function placesOf(flow: CompiledFlow, { role, name }: DraftNode): readonly string[] {
  if (role === 'consumer') {
    const stages = flow.consumers.find((consumer) => consumer.name === name)?.stages ?? [];
    return stages.map(({ stage, subject }) => `Accepts for stage \`${stage}\`, subject \`${subject}\``);
  }
  return flow.stages.filter(({ nodes }) => Object.hasOwn(nodes, name)).map(describeStage);
}

function describeStage({ name, subject, lanes, durable, nodes, reason }: Stage): string {
  const spread = lanes === undefined ? '' : ` in ${lanes} ${lanes === 1 ? 'lane' : 'lanes'}`;
  return [
    `Stage \`${name}\`: ${Object.keys(nodes).join(' → ')}`,
    `- subject \`${subject}\`${spread}`,
    `- JetStream consumer \`${durable}\``,
    `- it begins here because ${reason === 'durable' ? 'of ' : ''}${stageReasons[reason]}`,
  ].join('\n');
}
