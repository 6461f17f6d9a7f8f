// Expressions and templates as the engine lends them to connectors, for tests.
import { compileExpression, compileTemplate, templateReadsInput } from '../../expression/index.ts';
import { expressionBindings, type Message } from '../../payload/message.ts';
import type { MessageTemplate, TemplateOptions } from '../contract.ts';
import { PermanentError } from '../errors.ts';

/** What `ConnectorContext.expression` promises. */
export function compileTestExpression(
  source: string,
): (input: unknown, bindings?: Readonly<Record<string, unknown>>) => unknown {
  const { value: expression, problems } = compileExpression(source);
  if (expression === undefined) throw new PermanentError(`expression ${source}: ${problems[0]?.message}`);
  return (input, bindings) => expression.evaluate(input, bindings);
}

/** What `ConnectorContext.template` promises; an empty hole is an error. */
export function compileTestTemplate(source: string, options: TemplateOptions = {}): MessageTemplate {
  const { value: template, problems } = compileTemplate(source, options);
  if (template === undefined) throw new PermanentError(`template ${source}: ${problems[0]?.message}`);
  const reads = templateReadsInput(source);
  const input = ({ payload }: Message) =>
    reads || payload.content === undefined ? payload.value() : undefined;
  return { render: (message) => template.render(input(message), expressionBindings(message)) };
}
