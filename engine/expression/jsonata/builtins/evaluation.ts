// Functions about the evaluation itself: the time it runs at, and expressions inside texts.
import { evaluateText } from '../compile/evaluate-text.ts';
import { apply } from '../procedure.ts';
import { timestampOfRun } from '../run.ts';
import { Builtin } from './builtin.ts';
import { reusedBuiltins } from './reused.ts';

export const evaluationBuiltins: Readonly<Record<string, Builtin>> = {
  now: new Builtin('now', '<s?s?:s>', 2, ([picture, timezone], frame) =>
    apply(reusedBuiltins.fromMillis as Builtin, [timestampOfRun(), picture, timezone], null, frame),
  ),
  millis: new Builtin('millis', '<:n>', 0, () => timestampOfRun()),
  eval: new Builtin('eval', '<sx?:x>', 2, ([source, focus], frame, context) =>
    source === undefined
      ? undefined
      : evaluateText(source as string, focus === undefined ? context : focus, focus !== undefined, frame),
  ),
};
