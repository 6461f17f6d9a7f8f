// Expressions and templates for tests of connectors, evaluated by the reference implementation.
import jsonata from 'jsonata';
import { expressionBindings, type Message } from '../../payload/message.ts';
import type { MessageTemplate, TemplateOptions } from '../contract.ts';

/** What `ConsumerContext.expression` promises. */
export function compileTestExpression(
  source: string,
): (input: unknown, bindings?: Readonly<Record<string, unknown>>) => unknown {
  const compiled = jsonata(source);
  return (input, bindings) => compiled.evaluate(input, bindings);
}

/** What `ConnectorContext.template` promises; an empty hole is an error. */
export function compileTestTemplate(source: string, options: TemplateOptions = {}): MessageTemplate {
  const parts = source.split(/\{\{(.*?)\}\}/s);
  const holes = parts.map((part, index) => (index % 2 === 1 ? compileTestExpression(part) : undefined));
  const encode = options.encode ?? ((text: string): string => text);
  return {
    async render(message: Message): Promise<string> {
      let text = '';
      for (const [index, part] of parts.entries()) {
        const hole = holes[index];
        text += hole === undefined ? part : encode(await fill(hole, part, message));
      }
      return text;
    },
  };
}

async function fill(
  hole: ReturnType<typeof compileTestExpression>,
  source: string,
  message: Message,
): Promise<string> {
  const value = await hole(message.payload.value(), expressionBindings(message));
  if (value === undefined || value === null || value === '') throw new Error(`{{${source}}} is empty`);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
