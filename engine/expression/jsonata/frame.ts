// Variables at run time: one array per scope that binds anything, chained from inner to outer.

/** Index 0 holds the enclosing frame; a slot never bound holds {@link UNBOUND}. */
export type Frame = unknown[];

export const UNBOUND: unique symbol = Symbol('unbound');

export function parentOf(frame: Frame): Frame {
  return frame[0] as Frame;
}
