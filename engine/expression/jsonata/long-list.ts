// What long lists cost: V8 makes one, or moves it to where it has room to grow, in one go that no look at the clock interrupts.
import { charge, checkLength, reserve } from './run.ts';

/** Shorter ones are made in less than a millisecond. */
const LONG = 100_000;
/** Eight bytes of memory that the kernel has to clear first. */
const MS_PER_ITEM = 6e-6;

/** Looks at the clock before `count` items are copied or made: refuses what would end too late. */
export function reserveItems(count: number): void {
  if (count > LONG) reserve(count * MS_PER_ITEM);
}

/** Without the flags of a sequence. */
export function copyItems<Item>(items: readonly Item[]): Item[] {
  charge(items.length >> 4);
  reserveItems(items.length);
  return items.slice();
}

/** Lengths at which V8 moves a list that is filled item by item. */
const MOVES: readonly number[] = movesUpTo(100_000_000);

function movesUpTo(most: number): readonly number[] {
  const moves: number[] = [];
  for (let room = 17; room < most; room = roomBehind(room)) if (room > LONG) moves.push(room);
  return moves;
}

function roomBehind(length: number): number {
  return length + 1 + ((length + 1) >> 1) + 16;
}

/** So many items are added between two looks at the clock. */
const PIECE = 16_384;

/** Adds all `items` to a list. */
export function addAll(items: readonly unknown[], into: unknown[]): void {
  checkLength(into.length + items.length);
  charge(items.length >> 2);
  if (into.length + items.length <= LONG) for (let at = 0; at < items.length; at += 1) into.push(items[at]);
  else addMany(items, into);
}

function addMany(items: readonly unknown[], into: unknown[]): void {
  for (let start = 0; start < items.length; start += PIECE) {
    const end = Math.min(start + PIECE, items.length);
    charge(PIECE >> 4);
    const length = into.length + end - start;
    const move = MOVES.find((room) => room >= into.length && room < length);
    if (move !== undefined) reserveItems(roomBehind(move));
    for (let at = start; at < end; at += 1) into.push(items[at]);
  }
}
