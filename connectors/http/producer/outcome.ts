// What a server's answer means for the message.
import { type ExchangeAnswer, parseRetryAfter } from '../../../engine/connector/http/index.ts';
import { PermanentError, RetryableError, type WriteOutcome } from '../../../engine/connector/index.ts';

export interface OutcomeRules {
  /** Statuses that count as delivered besides 2xx. */
  readonly success: ReadonlySet<number>;
  /** Statuses worth another try besides 408, 425, 429 and 5xx. */
  readonly retry: ReadonlySet<number>;
  /** Takes credentials out of what the server wrote. */
  readonly redact: (text: string) => string;
}

const passing: ReadonlySet<number> = new Set([408, 425, 429]);
const delivered: WriteOutcome = { kind: 'delivered' };
const excerptLength = 300;

/** `line`: the request, for the message of the error. */
export function judgeAnswer(answer: ExchangeAnswer, line: string, rules: OutcomeRules): WriteOutcome {
  const { status } = answer;
  if ((status >= 200 && status < 300) || rules.success.has(status)) return delivered;
  const message = `${line} answered ${status}${explain(answer, rules)}`;
  if (passing.has(status) || status >= 500 || rules.retry.has(status)) {
    const afterMs = parseRetryAfter(answer.headers['retry-after']);
    if (afterMs === undefined) return { kind: 'retry', error: new RetryableError(message) };
    return { kind: 'retry', error: new RetryableError(message, { afterMs }), afterMs };
  }
  return { kind: 'rejected', error: new PermanentError(message) };
}

function explain(answer: ExchangeAnswer, rules: OutcomeRules): string {
  if (answer.status >= 300 && answer.status < 400)
    return ', a redirect: write the final URL, or set `redirects`';
  const text = excerpt(answer.body);
  return text === '' ? '' : `: ${rules.redact(text)}`;
}

/** The beginning of a body in one line, without what a terminal would act upon. */
function excerpt(body: Buffer): string {
  const text = body
    .toString()
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();
  return text.length > excerptLength ? `${text.slice(0, excerptLength)}…` : text;
}
