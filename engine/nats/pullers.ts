// All pullers of a connection. A few of each stream hear from JetStream often, and what one of them misses is news to all of it.
import type { NatsPuller } from './puller.ts';

/** More than one, so that one that stops leaves others. */
const watchersPerStream = 4;
/** In hand of all pullers while they settle few; what is in hand lives long, and each collection of garbage copies it. */
const sharedMessages = 4096;
const largestShare = 256;

export class Pullers {
  readonly #streams = new Map<
    string,
    { readonly all: Set<NatsPuller>; readonly watchers: Set<NatsPuller> }
  >();
  #count = 0;
  #share = largestShare;

  /** How many messages one may have in hand while it settles few. */
  get share(): number {
    return this.#share;
  }

  add(puller: NatsPuller): void {
    this.#countOne(1);
    this.#of(puller.stream).all.add(puller);
  }

  delete(puller: NatsPuller): void {
    const { all, watchers } = this.#of(puller.stream);
    if (all.delete(puller)) this.#countOne(-1);
    watchers.delete(puller);
    if (all.size === 0) this.#streams.delete(puller.stream);
  }

  /** Whether this one asks for heartbeats: a thousand flows at rest would be busy with nothing else. */
  isWatcher(puller: NatsPuller): boolean {
    const { watchers } = this.#of(puller.stream);
    if (watchers.size < watchersPerStream) watchers.add(puller);
    return watchers.has(puller);
  }

  tick(nowMs: number): void {
    for (const { all } of this.#streams.values()) {
      let isSilent = false;
      for (const puller of all) isSilent = puller.tick(nowMs) || isSilent;
      if (isSilent) for (const puller of all) puller.askIfSilent(nowMs);
    }
  }

  reconnected(): void {
    for (const { all } of this.#streams.values()) for (const puller of all) puller.reconnected();
  }

  leaderElected(stream: string, consumer: string): void {
    for (const puller of this.#streams.get(stream)?.all ?? [])
      if (puller.consumer === consumer) puller.leaderElected();
  }

  #countOne(more: number): void {
    this.#count += more;
    this.#share = Math.min(largestShare, Math.floor(sharedMessages / this.#count));
  }

  #of(stream: string) {
    let pullers = this.#streams.get(stream);
    if (pullers === undefined) {
      pullers = { all: new Set(), watchers: new Set() };
      this.#streams.set(stream, pullers);
    }
    return pullers;
  }
}
