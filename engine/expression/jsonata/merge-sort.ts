// A stable merge sort that asks "does a come after b", in the order in which the reference asks.
import { charge, tick } from './run.ts';

type ComesAfter = (a: unknown, b: unknown) => boolean;

/** The list itself when it has fewer than two items, else a new one. */
export function mergeSort(items: unknown[], comesAfter: ComesAfter): unknown[] {
  if (items.length <= 1) return items;
  charge(items.length >> 4);
  const middle = Math.floor(items.length / 2);
  return merge(
    mergeSort(items.slice(0, middle), comesAfter),
    mergeSort(items.slice(middle), comesAfter),
    comesAfter,
  );
}

function merge(left: readonly unknown[], right: readonly unknown[], comesAfter: ComesAfter): unknown[] {
  const merged: unknown[] = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    tick();
    merged.push(comesAfter(left[l], right[r]) ? right[r++] : left[l++]);
  }
  while (l < left.length) merged.push(left[l++]);
  while (r < right.length) merged.push(right[r++]);
  return merged;
}
