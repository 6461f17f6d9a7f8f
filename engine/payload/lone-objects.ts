// Objects that were stored here for one message, which alone needs them: nothing is written down of them.
import type { HeldObject } from './holder-note.ts';

/** An object whose only message is through. */
export interface FreedObject {
  readonly object: HeldObject;
  readonly holder: string;
  /** By the steady clock. */
  readonly sinceMs: number;
}

interface Lone {
  readonly object: HeldObject;
  readonly sinceMs: number;
}

/** Beyond so many the oldest are taken for ones that were stored elsewhere. */
const most = 10_000;
/**
 * Less than messages with the same id are dropped for: until then a message that comes for the first time is the only one of its id, and nobody
 * can have released, or written down, anything about its object.
 */
export const sureMs = 60_000;

export class LoneObjects {
  readonly #steady: () => number;
  readonly #alone = new Map<string, Lone>();
  /** In the order of their release. */
  #freed: FreedObject[] = [];

  /** `steady`: milliseconds that never go back. */
  constructor(steady: () => number) {
    this.#steady = steady;
  }

  add({ key, store, size, expiresAt }: HeldObject): void {
    this.#alone.set(key, { object: { key, store, size, expiresAt }, sinceMs: this.#steady() });
    if (this.#alone.size <= most) return;
    const [oldest] = this.#alone.keys();
    this.#alone.delete(oldest as string);
  }

  /** Whether a message that comes for the first time has it to itself, and it is kept until `expiresAt`. */
  isSure(key: string, expiresAt: number): boolean {
    const alone = this.#alone.get(key);
    if (alone === undefined || alone.object.expiresAt < expiresAt) return false;
    return this.#steady() - alone.sinceMs < sureMs;
  }

  /** Something is written down from now on; answers whether nothing was. */
  drop(key: string): boolean {
    return this.#alone.delete(key);
  }

  /** Answers false when the object is none of these. */
  free(key: string, holder: string): boolean {
    const alone = this.#alone.get(key);
    if (alone === undefined) return false;
    this.#alone.delete(key);
    this.#freed.push({ object: alone.object, holder, sinceMs: this.#steady() });
    return true;
  }

  /** Hands over those that have been free for so long. */
  takeFreed(forMs: number): readonly FreedObject[] {
    const before = this.#steady() - forMs;
    const end = this.#freed.findIndex(({ sinceMs }) => sinceMs > before);
    return this.#freed.splice(0, end < 0 ? this.#freed.length : end);
  }

  returnFreed(freed: readonly FreedObject[]): void {
    this.#freed = [...freed, ...this.#freed];
  }
}
