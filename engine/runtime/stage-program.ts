// Turns a compiled stage into one function over messages: its steps composed once, at start.
import type { OnError, Stage, StepNode, Target } from '../compile/program.ts';
import type { Message } from '../payload/message.ts';
import type { StepContext, StepResult, StepRun, StepType } from '../steps/contract.ts';
import { messageFor } from './message-for.ts';
import type { Outputs } from './outputs.ts';
import { StageFailure } from './stage-failure.ts';

/** Runs one message through the stage. Synchronous when every step was. Throws or rejects with StageFailure. */
export type StageRun = (message: Message, outputs: Outputs) => void | Promise<void>;

export type StepTypes = Readonly<Record<string, StepType<unknown>>>;

/** What the step called `name` is lent. */
export type ContextOf = (name: string) => StepContext;

/** Composes the stage's nodes, leaves first. Throws when a step's configuration cannot work here. */
export function compileStage(stage: Stage, stepTypes: StepTypes, contextOf: ContextOf): StageRun {
  const compiled = new Map<string, StageRun>();
  const runOf = (name: string): StageRun => {
    const known = compiled.get(name);
    if (known !== undefined) return known;
    const run = compileNode(stage, name, { stepTypes, contextOf }, (target) => runTarget(target, runOf));
    compiled.set(name, run);
    return run;
  };
  return runOf(stage.entry);
}

type ResolveTarget = (target: Target) => StageRun;

function runTarget(target: Target, runOf: (name: string) => StageRun): StageRun {
  const run: StageRun =
    target.kind === 'node' ? runOf(target.node) : (message, outputs) => outputs.publish(target, message);
  if (target.copy === undefined) return run;
  const name = target.kind === 'node' ? target.node : target.stage;
  return (message, outputs) => run(messageFor(name, target, message), outputs);
}

interface StepParts {
  readonly stepTypes: StepTypes;
  readonly contextOf: ContextOf;
}

function compileNode(stage: Stage, name: string, parts: StepParts, resolve: ResolveTarget): StageRun {
  const node = stage.nodes[name];
  if (node === undefined) throw new Error(`stage ${stage.name} has no node ${name}`);
  if (node.kind === 'producer') return (message, outputs) => outputs.deliver(name, message);
  const type = parts.stepTypes[node.type];
  if (type === undefined) throw new Error(`unknown step type ${node.type} in stage ${stage.name}`);
  return composeStep(node, type.compile(node.config, parts.contextOf(name)), resolve);
}

function composeStep(node: StepNode, run: StepRun, resolve: ResolveTarget): StageRun {
  const next = sequence(node.to.map(resolve));
  const routes = new Map(Object.entries(node.routes ?? {}).map(([name, target]) => [name, resolve(target)]));
  const settle = (result: StepResult, outputs: Outputs): void | Promise<void> => {
    switch (result.kind) {
      case 'pass':
        return next(result.message, outputs);
      case 'drop':
        return outputs.filter(node.name, result.reason);
      case 'route':
        return sequence(result.to.map((name) => routes.get(name) ?? missingRoute(node, name)))(
          result.message,
          outputs,
        );
      case 'split':
        return runAll(node, result.messages, next, outputs);
    }
  };
  const recover = failureHandler(node.name, node.onError, next, resolve);
  const runStep: StageRun = (message, outputs) => {
    let result: StepResult | Promise<StepResult>;
    try {
      result = run(message);
    } catch (error) {
      return failed(error, message, outputs);
    }
    if (!(result instanceof Promise)) return settle(result, outputs);
    return result.then(
      (value) => settle(value, outputs),
      (error: unknown) => failed(error, message, outputs),
    );
  };
  // A step that needs the whole of a streamed payload runs again once it is loaded.
  const failed = (error: unknown, message: Message, outputs: Outputs): void | Promise<void> =>
    outputs.load !== undefined && message.payload.isMissed
      ? outputs.load(message.payload).then(
          () => runStep(message, outputs),
          (cause: unknown) => recover(cause, message, outputs),
        )
      : recover(error, message, outputs);
  return runStep;
}

function missingRoute(node: StepNode, name: string): never {
  throw new StageFailure(
    node.name,
    new Error(`step ${node.name} routed to ${name}, which its stage does not know`),
    false,
  );
}

/** Hands a message to several, one after the other: the order of outputs decides their message ids. */
function sequence(runs: readonly StageRun[]): StageRun {
  const [only] = runs;
  if (runs.length === 1 && only !== undefined) return only;
  return (message, outputs) => {
    for (let index = 0; index < runs.length; index++) {
      const pending = (runs[index] as StageRun)(message, outputs);
      if (pending !== undefined) return pending.then(() => sequence(runs.slice(index + 1))(message, outputs));
    }
  };
}

async function runAll(
  node: StepNode,
  messages: Iterable<Message> | AsyncIterable<Message>,
  next: StageRun,
  outputs: Outputs,
): Promise<void> {
  try {
    for await (const child of messages) await next(child, outputs);
  } catch (error) {
    // Children already stored stay stored; a retry derives the same ids for them.
    throw StageFailure.of(node.name, error);
  }
}

function failureHandler(name: string, onError: OnError, next: StageRun, resolve: ResolveTarget) {
  const alternative = onError.kind === 'to' ? sequence(onError.targets.map(resolve)) : undefined;
  return (error: unknown, message: Message, outputs: Outputs): void | Promise<void> => {
    const failure = StageFailure.of(name, error);
    // A failure that may pass is retried whatever onError says: it speaks of messages that cannot be processed.
    if (failure.retryable || onError.kind === 'fail') throw failure;
    if (onError.kind === 'drop') return outputs.filter(name, `dropped on error: ${failure.message}`);
    if (onError.kind === 'continue') return next(message, outputs);
    return (alternative as StageRun)(message, outputs);
  };
}
