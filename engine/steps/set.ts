// set: sets or removes headers, and sets the message's key.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { Template } from '../expression/index.ts';
import type { Headers, Message } from '../payload/message.ts';
import type { SetConfig } from './config.gen.ts';
import { type PureStepType, StepError, type StepResult } from './contract.ts';
import { evaluateOver, templateOrThrow } from './expression-step.ts';

interface Plan {
  readonly remove: readonly string[];
  /** Lower-case names beside the templates of their values; the key's template comes last. */
  readonly names: readonly string[];
  readonly templates: readonly Template[];
  readonly setsKey: boolean;
}

/** Removes first, then sets; every template sees the message as it came. */
export const set: PureStepType<SetConfig> = {
  type: 'set',
  compile: ({ headers = {}, key, remove = [] }) => {
    const templates = Object.values(headers).map(templateOrThrow);
    const plan: Plan = {
      remove: remove.map(checkedName),
      names: Object.keys(headers).map(checkedName),
      templates: key === undefined ? templates : [...templates, templateOrThrow(key)],
      setsKey: key !== undefined,
    };
    const fixed = plan.templates.flatMap((template) => template.fixed ?? []);
    if (fixed.length < plan.templates.length) return (message) => renderFrom(plan, 0, [], message);
    return (message) => ({ kind: 'pass', message: changed(plan, fixed, message) });
  },
};

/** Renders the templates from `index` on; a promise only when one answers one. */
function renderFrom(
  plan: Plan,
  index: number,
  texts: readonly string[],
  message: Message,
): StepResult | Promise<StepResult> {
  const template = plan.templates[index];
  if (template === undefined) return { kind: 'pass', message: changed(plan, texts, message) };
  return evaluateOver(template, message, (text) =>
    renderFrom(plan, index + 1, [...texts, text as string], message),
  );
}

function changed({ remove, names, setsKey }: Plan, texts: readonly string[], message: Message): Message {
  const headers: Record<string, string> = { ...message.headers };
  for (const name of remove) delete headers[name];
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    headers[name] = checkedValue(name, texts[index] as string);
  }
  return setsKey ? { ...message, headers: headers as Headers, key: texts.at(-1) } : { ...message, headers };
}

/** `vrsky-*` and `nats-*` carry what the platform itself needs: who could write them could forge it. `__proto__` is no name in JavaScript. */
function checkedName(name: string): string {
  const lower = name.toLowerCase();
  if (!/^(?:vrsky|nats)-|^__proto__$/.test(lower)) return lower;
  throw new VrskyError('VRS8221', `the header ${name} is the platform's own`, {
    help: 'Take a name that begins with neither vrsky- nor nats-.',
  });
}

/** A line break would forge a header where the message goes next. */
function checkedValue(name: string, value: string): string {
  if (!/[\r\n\0]/.test(value)) return value;
  throw new StepError('VRS8222', `The value for header ${name} holds a line break`);
}
