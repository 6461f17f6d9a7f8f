// Runs one message through a compiled flow as tests do, and shows it after every step.
import type { CompiledFlow } from '../../compile/program.ts';
import { resolveHoles } from '../../flow/holes.ts';
import type { StepTypes } from '../../runtime/stage-program.ts';
import { type SimulatedInput, simulate } from '../simulation/simulation.ts';
import { type Played, playedOf } from './panels.ts';

export interface PlayOptions {
  readonly flow: CompiledFlow;
  readonly stepTypes: StepTypes;
  readonly input: SimulatedInput;
  /** What lookups answer, by the name of the enrich step; those that are not named refuse. */
  readonly answers: Readonly<Record<string, unknown>>;
  readonly env: (name: string) => string | undefined;
}

/** Rejects when the flow cannot run at all. */
export async function playMessage({ flow, stepTypes, input, answers, env }: PlayOptions): Promise<Played> {
  const lookups = Object.fromEntries(
    Object.entries(answers).map(([step, value]) => [
      step,
      [{ kind: 'found' as const, value, times: Number.POSITIVE_INFINITY }],
    ]),
  );
  const run = () =>
    simulate({
      ...{ flow, stepTypes, inputs: [input] },
      startMs: Date.now(),
      peers: { producers: {}, lookups },
      // Nothing is contacted, so no secret is needed.
      resolveConfig: (config) => ({
        ...resolveHoles(config, { env, secret: (name) => `secret ${name}` }),
        missing: [],
      }),
    });
  // The first time everything is new to the machine, which says nothing about the steps.
  await run();
  return playedOf(flow, input, await run());
}
