// Evaluates an expression over an accepted message that names what it belongs to: the order key, the idempotency key.
import { keptExpression, readsInput } from '../../expression/index.ts';
import { expressionBindings, type Message } from '../../payload/message.ts';

export type KeyOf = (message: Message) => string | undefined | Promise<string | undefined>;

/**
 * A message that the expression fails on (a payload of another format, say) has no key. Throws on a source that cannot be compiled, and on a
 * payload that is a stream and has to be loaded first.
 */
export function compileKey(source: string): KeyOf {
  const { value: expression, problems } = keptExpression(source);
  if (expression === undefined) throw new Error(`key ${source}: ${problems[0]?.message}`);
  const reads = readsInput(source);
  return (message) => {
    try {
      const isUnread = !reads && message.payload.content !== undefined;
      const payload = isUnread ? undefined : message.payload.value();
      const input = payload instanceof Uint8Array ? undefined : payload;
      const key = expression.evaluate(input, expressionBindings(message));
      return key instanceof Promise ? key.then(textOf, () => undefined) : textOf(key);
    } catch (error) {
      if (message.payload.isMissed) throw error;
      return undefined;
    }
  };
}

function textOf(key: unknown): string | undefined {
  if (key === undefined || key === null) return undefined;
  return typeof key === 'string' ? key : JSON.stringify(key);
}
