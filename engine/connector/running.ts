// Tells what runs that a signal aborts. A listener for each would stay linked to the next one, and keep it from being collected.

export interface Abortable {
  /** Where it stands among those that run. */
  place: number;
  abort(): void;
}

const running = new WeakMap<AbortSignal, Abortable[]>();

export function enter(signal: AbortSignal, one: Abortable): void {
  const all = running.get(signal) ?? watched(signal);
  one.place = all.length;
  all.push(one);
}

function watched(signal: AbortSignal): Abortable[] {
  const all: Abortable[] = [];
  const abortAll = () => {
    for (const one of [...all]) one.abort();
  };
  signal.addEventListener('abort', abortAll, { once: true });
  running.set(signal, all);
  return all;
}

/** The last one takes its place. Whoever has left may leave again. */
export function leave(signal: AbortSignal, one: Abortable): void {
  const all = running.get(signal);
  if (all?.[one.place] !== one) return;
  const last = all.pop() as Abortable;
  if (last === one) return;
  all[one.place] = last;
  last.place = one.place;
}
