// Dead letters: messages given up on, stored with their cause chain for inspection and retry.
import type { Stage } from '../compile/program.ts';
import { header } from './envelope.ts';
import type { HeaderPairs, Inbound } from './ports.ts';
import type { StageFailure } from './stage-failure.ts';

export const deadHeader = {
  /** ISO time. */
  at: 'Vrsky-Dead-At',
  code: 'Vrsky-Dead-Code',
  /** `permanent`, `attempts` or `deadline`. */
  because: 'Vrsky-Dead-Because',
  node: 'Vrsky-Dead-Node',
  attempts: 'Vrsky-Dead-Attempts',
  /** Percent-encoded JSON list of messages, outermost cause first. */
  causes: 'Vrsky-Dead-Causes',
  /** The stage subject to publish it to again. */
  subject: 'Vrsky-Dead-Subject',
} as const;

export function deadLetterSubject(flow: string, stage: string): string {
  return `dead.${flow}.${stage}`;
}

export interface DeadLetter {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: HeaderPairs;
  readonly messageId: string;
}

const maxCauseLength = 4096;
/** With the rest of a dead letter's own headers less than the 8 KiB that a stored message leaves free. */
const maxEncodedCauses = 6 * 1024;

/** A message given up on, and why. */
export interface GivenUp {
  readonly inbound: Inbound;
  readonly flow: string;
  readonly stage: Stage;
  readonly failure: StageFailure;
  readonly because: string;
  /** Tries, the last one included. */
  readonly attempts: number;
  readonly now: Date;
  readonly redact: (text: string) => string;
}

function ownHeaders(inbound: Inbound): HeaderPairs {
  const pairs: [string, string][] = [];
  inbound.eachHeader((name, value) => {
    if (!name.startsWith('Nats-') && name !== header.trace && name !== header.traceParent)
      pairs.push([name, value]);
  });
  return pairs;
}

/** The dead letter for a stored message. Payload and headers are kept as they were; the cause is bounded. */
export function deadLetterOf(dead: GivenUp): DeadLetter {
  const { inbound, flow, stage, failure, because, attempts, now, redact } = dead;
  return {
    subject: deadLetterSubject(flow, stage.name),
    data: inbound.data,
    headers: [
      ...ownHeaders(inbound),
      [deadHeader.at, now.toISOString()],
      [deadHeader.code, failure.code],
      [deadHeader.because, because],
      [deadHeader.node, failure.node],
      [deadHeader.attempts, String(attempts)],
      [deadHeader.causes, encodedCauses(causeChain(failure).map(redact))],
      [deadHeader.subject, inbound.subject],
    ],
    messageId: deadLetterId(flow, stage, inbound),
  };
}

/** The same whenever the same stored message is given up on. A stream made anew counts from one again: the time tells its messages apart. */
function deadLetterId(flow: string, stage: Stage, { streamSequence, storedAtMs }: Inbound): string {
  return `dead/${flow}/${stage.name}/${streamSequence}/${storedAtMs}`;
}

function encodedCauses(causes: readonly string[]): string {
  for (let most = maxCauseLength; ; most = Math.floor(most / 2)) {
    const text = encodeURIComponent(JSON.stringify(causes.map((cause) => cause.slice(0, most))));
    if (text.length <= maxEncodedCauses) return text;
  }
}

/** Messages from the outermost error to the root, without repetitions, at most ten, within 4,096 characters. */
export function causeChain(error: unknown): readonly string[] {
  const chain: string[] = [];
  let left = maxCauseLength;
  for (let cause = error; cause instanceof Error && chain.length < 10 && left > 0; cause = cause.cause) {
    if (chain.at(-1) === cause.message) continue;
    chain.push(cause.message.slice(0, left));
    left -= cause.message.length;
  }
  return chain;
}
