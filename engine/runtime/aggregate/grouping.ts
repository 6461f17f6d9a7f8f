// Gathers messages with the same key into groups; complete on count, on a condition, or after a time.
import type { Message } from '../../payload/message.ts';
import type { Clock } from '../clock.ts';
import type { Holding } from '../delivery-memory.ts';

/** One message of a group, unsettled while the group is open. */
export interface Member extends Holding {
  readonly message: Message;
}

export interface GroupRules {
  /** Complete with so many. */
  readonly count?: number;
  /** Whether the group is complete; asked after each message. */
  readonly isComplete?: (payloads: readonly unknown[]) => boolean | Promise<boolean>;
  /** From when the first message was stored. */
  readonly timeoutMs: number;
}

interface Group<M> {
  readonly members: M[];
  readonly dueMs: number;
}

/** How often at most a due group is looked at again while messages that may belong to it are still to come. */
const lookAgainMs = 250;
/** So long after the last message; then the group goes although more waits behind: what is in hand is full of open groups. */
const patienceMs = 10_000;

/**
 * Groups are decided by when messages were stored, not by when they are processed: after a crash the same messages form the same
 * groups. Messages must come in the order in which they were stored.
 */
export class Grouping<M extends Member> {
  readonly #rules: GroupRules;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #onComplete: (members: readonly M[]) => void;
  /** In the order of their first messages, which is that of their ends. */
  readonly #groups = new Map<string, Group<M>>();
  /** Stored up to here, everything has come. */
  #seenUpToMs = 0;
  #pending = 0;
  #addedAtMs = 0;
  #timer: Promise<void> | undefined;

  constructor(
    rules: GroupRules,
    clock: Clock,
    signal: AbortSignal,
    onComplete: (members: readonly M[]) => void,
  ) {
    this.#rules = rules;
    this.#clock = clock;
    this.#signal = signal;
    this.#onComplete = onComplete;
  }

  /** Members of the groups still open, taken out: they are given back when the stage stops. */
  takeOpen(): readonly M[] {
    const open = [...this.#groups.values()].flatMap((group) => group.members);
    this.#groups.clear();
    return open;
  }

  /** Resolves (or returns) when the message is in its group, and the group gone if that completed it. */
  add(key: string, member: M): void | Promise<void> {
    const { storedAtMs, pending } = member.inbound;
    this.#seenUpToMs = storedAtMs;
    this.#pending = pending;
    this.#addedAtMs = this.#clock.steady();
    this.#completeDue(storedAtMs);
    const group = this.#groups.get(key) ?? this.#open(key, storedAtMs);
    group.members.push(member);
    if (group.members.length >= (this.#rules.count ?? Number.POSITIVE_INFINITY)) {
      this.#complete(key, group);
      return;
    }
    const complete = this.#rules.isComplete?.(group.members.map(({ message }) => message.payload.value()));
    if (complete instanceof Promise) return complete.then((yes) => void (yes && this.#complete(key, group)));
    if (complete === true) this.#complete(key, group);
  }

  #open(key: string, storedAtMs: number): Group<M> {
    const group: Group<M> = { members: [], dueMs: storedAtMs + this.#rules.timeoutMs };
    this.#groups.set(key, group);
    this.#schedule();
    return group;
  }

  #complete(key: string, group: Group<M>): void {
    if (this.#groups.get(key) !== group) return;
    this.#groups.delete(key);
    this.#onComplete(group.members);
  }

  /** Everything that was due when a message was stored cannot hold that message. */
  #completeDue(storedAtMs: number): void {
    for (const [key, group] of this.#groups) {
      if (group.dueMs >= storedAtMs) return;
      this.#complete(key, group);
    }
  }

  #schedule(delayMs = 0): void {
    const [first] = this.#groups.values();
    if (first === undefined || this.#timer !== undefined) return;
    // Looked at again after the time of a group at the latest: a clock that is behind may be set right at any time.
    const leftMs = Math.min(this.#rules.timeoutMs, first.dueMs - this.#clock.now());
    const ms = Math.max(delayMs, leftMs + 1);
    this.#timer = this.#clock.wait(ms, this.#signal).then(() => {
      this.#timer = undefined;
      if (this.#signal.aborted) return;
      this.#lookAtDue();
    });
  }

  /** By the clock: what was stored in time may still be on its way here. */
  #lookAtDue(): void {
    const now = this.#clock.now();
    for (const [key, group] of this.#groups) {
      if (group.dueMs >= now) break;
      const isAllHere = this.#pending === 0 || this.#seenUpToMs > group.dueMs;
      if (!isAllHere && this.#clock.steady() - this.#addedAtMs < patienceMs) {
        this.#schedule(lookAgainMs);
        return;
      }
      this.#complete(key, group);
    }
    this.#schedule();
  }
}
