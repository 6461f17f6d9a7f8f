// Takes an answer apart into items, each with its identity and the hash of its content.
import { type ConnectorContext, Payload, PermanentError } from '../../engine/connector/index.ts';
import type { HttpPollConfig } from './config.ts';
import { canonicalText, shortHash } from './seen-items.ts';

export interface Item {
  readonly payload: Payload;
  /** What the author's `id` says, as text. */
  readonly key: string | undefined;
  readonly identity: string;
  readonly content: string;
}

export type SelectItems = (answer: Payload) => Promise<readonly Item[]>;

/** Throws PermanentError for an expression that is none. The function rejects with PermanentError for an answer that does not fit. */
export function compileItems(
  config: Pick<HttpPollConfig, 'items' | 'id'>,
  context: Pick<ConnectorContext, 'expression'>,
): SelectItems {
  if (config.items === undefined && config.id === undefined) return async (answer) => [wholeAnswer(answer)];
  const select = config.items === undefined ? undefined : context.expression(config.items);
  const identify = config.id === undefined ? undefined : context.expression(config.id);
  return async (answer) => {
    try {
      const selected = select === undefined ? jsonOf(answer) : await select(jsonOf(answer));
      const values: readonly unknown[] =
        selected === undefined ? [] : select !== undefined && Array.isArray(selected) ? selected : [selected];
      const items: Item[] = [];
      for (const value of values) items.push(itemOf(value, await identify?.(value)));
      return items;
    } catch (error) {
      throw new PermanentError(`the answer does not fit: ${(error as Error).message}`, { cause: error });
    }
  };
}

/** Servers call JSON many things, plain text among them. */
function jsonOf(answer: Payload): unknown {
  return Payload.ofBytes(answer.bytes(), 'application/json').value();
}

/** Any content, never parsed. */
function wholeAnswer(answer: Payload): Item {
  return { payload: answer, key: undefined, identity: shortHash(''), content: shortHash(answer.bytes()) };
}

/** An item without an id is told from others by all of its content: then it can be new, but never changed. */
function itemOf(value: unknown, id: unknown): Item {
  const content = shortHash(canonicalText(value));
  const key = id === undefined || id === null ? undefined : typeof id === 'string' ? id : canonicalText(id);
  return {
    payload: Payload.ofValue(value),
    key,
    identity: key === undefined ? content : shortHash(key),
    content,
  };
}
