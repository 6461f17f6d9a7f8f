// What the runtime lends to the connectors of one flow: paths, templates, expressions, a log without secrets.
import type { ConnectorContext, MessageTemplate, TemplateOptions } from '../connector/contract.ts';
import { PermanentError } from '../connector/errors.ts';
import { type LogText, logText } from '../connector/log-text.ts';
import { compileTemplate, keptExpression, readsBindings, templateReadsInput } from '../expression/index.ts';
import { expressionBindings, type Message } from '../payload/message.ts';

export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: LogText,
  fields?: Readonly<Record<string, unknown>>,
) => void;

export interface FlowContextParts {
  readonly flow: string;
  readonly signal: AbortSignal;
  readonly resolvePath: (path: string) => string;
  readonly redact: (text: string) => string;
  readonly log: Log;
}

/** The context of the consumer or producer called `name`. */
export function connectorContext(parts: FlowContextParts, name: string): ConnectorContext {
  const { flow, signal, resolvePath, redact } = parts;
  return {
    flow,
    name,
    signal,
    resolvePath,
    log: (level, message, fields) => {
      const text = () => redact(`${flow}/${name}: ${logText(message)}`);
      parts.log(level, text, fields);
    },
    template: messageTemplate,
    expression: evaluator,
  };
}

function messageTemplate(source: string, options?: TemplateOptions): MessageTemplate {
  const { value: template, problems } = compileTemplate(source, options);
  if (template === undefined) throw new PermanentError(`template ${source}: ${problems[0]?.message}`);
  const reads = templateReadsInput(source);
  // A template about headers or ids decodes nothing, and works for payloads that are too large to look into, too.
  const input = ({ payload }: Message) => (reads ? payload.value() : undefined);
  const bindings = readsBindings(source) ? expressionBindings : () => undefined;
  return { render: (message) => template.render(input(message), bindings(message)) };
}

function evaluator(
  source: string,
): (input: unknown, bindings?: Readonly<Record<string, unknown>>) => unknown {
  const { value: expression, problems } = keptExpression(source);
  if (expression === undefined) throw new PermanentError(`expression ${source}: ${problems[0]?.message}`);
  return (input, bindings) => expression.evaluate(input, bindings);
}

/** Replaces every secret by `***`. Texts shorter than four characters are no secrets worth blanking half a log for. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const worth = [...new Set(secrets)]
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length);
  if (worth.length === 0) return (text) => text;
  return (text) => worth.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}
