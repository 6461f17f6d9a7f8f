// Finds a text in another: natively where that is quick for sure, else in a way that the clock can stop.
import { chargeText } from './long-text.ts';
import { charge } from './run.ts';

/** Where `wanted` begins at or behind `from`, or -1. */
export type Finder = (from: number) => number;

/** The native search compares up to every character with every other; so much of that is soon done. */
const NATIVE_WORK = 4_000_000;
const SHORT = 64;

export function finderIn(text: string, wanted: string): Finder {
  chargeText(text);
  if (text.length * wanted.length <= NATIVE_WORK) return nativeFinder(text, wanted);
  return wanted.length <= SHORT ? windowFinder(text, wanted) : linearFinder(text, wanted);
}

function nativeFinder(text: string, wanted: string): Finder {
  return (from) => {
    const at = text.indexOf(wanted, from);
    charge(((at === -1 ? text.length : at) - from) >> 6);
    return at;
  };
}

/** Window by window, each a little longer than its share so that nothing is missed at its end. */
function windowFinder(text: string, wanted: string): Finder {
  const size = NATIVE_WORK / SHORT;
  return (from) => {
    for (let start = from; start + wanted.length <= text.length; start += size) {
      // What is found at once costs little.
      if (text.startsWith(wanted, start)) return start;
      charge(size >> 6);
      const at = text.slice(start, start + size + wanted.length - 1).indexOf(wanted);
      if (at !== -1) return start + at;
    }
    return wanted.length === 0 && from <= text.length ? from : -1;
  };
}

/** Knuth, Morris and Pratt: no character of the text is looked at twice. */
function linearFinder(text: string, wanted: string): Finder {
  const borders = bordersOf(wanted);
  return (from) => {
    let matched = 0;
    for (let at = from; at < text.length; at += 1) {
      if ((at & 0xffff) === 0) charge(1024);
      const unit = text.charCodeAt(at);
      while (matched > 0 && wanted.charCodeAt(matched) !== unit) matched = borders[matched - 1] as number;
      if (wanted.charCodeAt(matched) === unit) matched += 1;
      if (matched === wanted.length) return at - matched + 1;
    }
    return -1;
  };
}

/** For every beginning of the text: how long an end of it is a beginning too. */
function bordersOf(text: string): Int32Array {
  const borders = new Int32Array(text.length);
  let length = 0;
  for (let at = 1; at < text.length; at += 1) {
    if ((at & 0xffff) === 0) charge(1024);
    while (length > 0 && text.charCodeAt(at) !== text.charCodeAt(length))
      length = borders[length - 1] as number;
    if (text.charCodeAt(at) === text.charCodeAt(length)) length += 1;
    borders[at] = length;
  }
  return borders;
}
