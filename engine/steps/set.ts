// set: sets or removes headers, and sets the message's key.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { Template } from '../expression/index.ts';
import { expressionBindings, type Message } from '../payload/message.ts';
import { StepError, type StepResult, type StepType } from './contract.ts';
import { evaluateStep, templateOrThrow } from './expression-step.ts';

export interface SetConfig {
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
  readonly remove?: readonly string[];
}

const reserved = /^(?:vrsky|nats)-/;

export const set: StepType<SetConfig> = {
  type: 'set',
  compile: (config) => {
    const remove = (config.remove ?? []).map((name) => name.toLowerCase());
    const templates = Object.entries(config.headers ?? {}).map(
      ([name, source]) => [checkedName(name), templateOrThrow(source)] as const,
    );
    const key = config.key === undefined ? undefined : templateOrThrow(config.key);
    return (message) => {
      const texts = [...templates.map(([, template]) => template), ...(key === undefined ? [] : [key])].map(
        (template) => render(template, message),
      );
      const finish = (rendered: readonly string[]): StepResult => {
        const headers: Record<string, string> = { ...message.headers };
        for (const name of remove) delete headers[name];
        for (const [index, [name]] of templates.entries())
          headers[name] = checkedValue(name, rendered[index] as string);
        const changed =
          key === undefined ? { ...message, headers } : { ...message, headers, key: rendered.at(-1) };
        return { kind: 'pass', message: changed };
      };
      return texts.some((text) => text instanceof Promise)
        ? Promise.all(texts).then(finish)
        : finish(texts as readonly string[]);
    };
  },
};

function render(template: Template, message: Message): string | Promise<string> {
  return evaluateStep(
    () => template.render(message.payload.value(), expressionBindings(message)),
    (text) => text as string,
  );
}

function checkedName(name: string): string {
  const lower = name.toLowerCase();
  if (reserved.test(lower))
    throw new VrskyError('VRS8221', `the header ${name} is the platform's own`, {
      help: 'Take a name that begins with neither vrsky- nor nats-.',
    });
  return lower;
}

/** A line break would forge a header where the message goes next. */
function checkedValue(name: string, value: string): string {
  if (/[\r\n\0]/.test(value))
    throw new StepError('VRS8222', `the value for header ${name} holds a line break`);
  return value;
}
