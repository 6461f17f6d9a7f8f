// Which variables each part of an expression binds, known when compiling: names become slots of frames.
import { type Frame, UNBOUND } from './frame.ts';

/** Where a variable may be found: `hops` frames outward. */
export interface Place {
  readonly hops: number;
  readonly slot: number;
  /** A parameter is always bound, so nothing further out is looked at. */
  readonly isAlwaysBound: boolean;
}

/** In expressions that use `$eval` names may appear that no one can know when compiling. */
export interface DynamicNames {
  readonly scope: Scope;
  readonly names: Map<string, unknown>;
}

/** Slot of {@link DynamicNames}, in expressions that use `$eval` only. */
export const DYNAMIC_SLOT = 1;

const NO_NAMES: ReadonlySet<string> = new Set();

export class Scope {
  readonly parent: Scope | undefined;
  readonly isDynamic: boolean;
  readonly size: number;
  readonly #slots = new Map<string, number>();
  readonly #alwaysBound: boolean;
  readonly #inFunctions: ReadonlySet<string>;

  constructor(
    parent: Scope | undefined,
    names: Iterable<string>,
    isDynamic: boolean,
    alwaysBound = false,
    inFunctions = parent === undefined ? NO_NAMES : parent.#inFunctions,
  ) {
    this.parent = parent;
    this.isDynamic = isDynamic;
    this.#alwaysBound = alwaysBound;
    this.#inFunctions = inFunctions;
    const first = isDynamic ? DYNAMIC_SLOT + 1 : 1;
    for (const name of names) if (!this.#slots.has(name)) this.#slots.set(name, first + this.#slots.size);
    this.size = first + this.#slots.size;
  }

  /** A scope for `names`; the enclosing one when there is nothing to bind. */
  static within(parent: Scope, names: ReadonlySet<string>): Scope {
    return names.size === 0 && !parent.isDynamic ? parent : new Scope(parent, names, parent.isDynamic);
  }

  slotOf(name: string): number | undefined {
    return this.#slots.get(name);
  }

  /** Whether a function of the expression, wherever it is called, may read or bind the name. */
  functionsUse(name: string): boolean {
    return this.#inFunctions.has(name) || this.#inFunctions.has('eval');
  }

  /** Innermost first. */
  placesOf(name: string): readonly Place[] {
    const places: Place[] = [];
    let hops = 0;
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      const slot = scope.#slots.get(name);
      if (slot !== undefined) {
        places.push({ hops, slot, isAlwaysBound: scope.#alwaysBound });
        if (scope.#alwaysBound) break;
      }
      hops += 1;
    }
    return places;
  }

  names(): Iterable<[string, number]> {
    return this.#slots.entries();
  }

  /** Whether frames of this scope would hold nothing. */
  isEmpty(): boolean {
    return this.#slots.size === 0 && !this.isDynamic;
  }

  /** A frame in which nothing is bound yet. */
  newFrame(parent: Frame | undefined): Frame {
    const frame: Frame = [parent];
    if (this.isDynamic) frame.push({ scope: this, names: new Map() } satisfies DynamicNames);
    for (let slot = frame.length; slot < this.size; slot += 1) frame.push(UNBOUND);
    return frame;
  }
}
