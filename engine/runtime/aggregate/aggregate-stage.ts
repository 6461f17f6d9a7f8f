// What an aggregate step makes of its stage: how messages are keyed, when groups are complete, what a group becomes.
import { hash } from 'node:crypto';
import { keptExpression } from '../../expression/index.ts';
import type { JsonObject } from '../../flow/graph.ts';
import { type Message, markedId } from '../../payload/message.ts';
import { Payload } from '../../payload/payload.ts';
import { parseDuration } from '../../units/duration.ts';
import { compileKey, type KeyOf } from '../lanes/order-key.ts';
import type { GroupJournal } from './group-journal.ts';
import type { GroupRules, Member } from './grouping.ts';

export interface AggregateStage {
  /** The name of the step. */
  readonly step: string;
  readonly keyOf: KeyOf;
  readonly rules: GroupRules;
  readonly journal: GroupJournal;
}

/** As the schema of the step describes it. */
interface Config {
  readonly key: string;
  readonly timeout: string;
  readonly count?: number;
  readonly when?: string;
}

export function aggregateStage(step: string, config: JsonObject, journal: GroupJournal): AggregateStage {
  const { key, count, when, timeout } = config as unknown as Config;
  const rules = {
    timeoutMs: parseDuration(timeout) as number,
    ...(count === undefined ? {} : { count }),
    ...(when === undefined ? {} : { isComplete: condition(when) }),
  };
  return { step, keyOf: compileKey(key), rules, journal };
}

/** A condition that fails on what there is so far does not hold. */
function condition(source: string): NonNullable<GroupRules['isComplete']> {
  const { value: expression, problems } = keptExpression(source);
  if (expression === undefined) throw new Error(`when ${source}: ${problems[0]?.message}`);
  return (payloads) => {
    try {
      const answer = expression.evaluate(payloads, {});
      return answer instanceof Promise
        ? answer.then(
            (value) => value === true,
            () => false,
          )
        : answer === true;
    } catch {
      return false;
    }
  };
}

/**
 * The message of a group: the list of the payloads, everything else as in the first. Its id names the members: two groups may begin with
 * the same message, when that was stored twice or tried again by hand.
 */
export function groupMessage(members: readonly Member[]): Message {
  const [first] = members as readonly [Member, ...Member[]];
  const payloads = members.map(({ message }) => message.payload.value());
  const names = hash('sha1', members.map(({ message }) => message.id).join('\n'), 'base64url');
  return { ...first.message, id: markedId(first.message.id, names), payload: Payload.ofValue(payloads) };
}
