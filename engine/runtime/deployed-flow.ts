// What workers find in the programs bucket: a compiled flow, and stages of former versions that still hold messages.
import type { CompiledFlow, Stage } from '../compile/program.ts';

/** A stage that the flow no longer has; it runs on until its messages are gone. */
export interface RetiringStage {
  readonly stream: string;
  readonly stage: Stage;
}

export interface DeployedFlow {
  readonly flow: CompiledFlow;
  readonly retiring: readonly RetiringStage[];
}

/** Narrows a bucket entry. Entries of another format version are left to the workers that know it. */
export function isDeployedFlow(value: unknown): value is DeployedFlow {
  const flow = (value as { readonly flow?: { readonly formatVersion?: unknown } } | null)?.flow;
  return flow?.formatVersion === 1;
}
