// Maps places in the value of a YAML scalar back to the text of the file, through quotes, escapes, folding and indentation.
import type { ScalarNode, Span } from './node.ts';
import { readBlock } from './scalar-block.ts';
import { readFlow } from './scalar-flow.ts';

/** A value with the place in the file of each of its UTF-16 units; `end` is the offset after the last. */
export interface ReadScalar {
  readonly value: string;
  readonly offsets: readonly number[];
  /** The offset after what stands for a unit: an escape is longer than what it means. */
  readonly ends: readonly number[];
  readonly end: number;
}

/** Answers where a part of a scalar's value stands in the file. */
export class ScalarMap {
  readonly #span: Span;
  readonly #read: ReadScalar | undefined;

  /** `text` is the whole file; the node's value must be a text. */
  constructor(text: string, node: ScalarNode) {
    this.#span = node.span;
    this.#read = readScalar(text, node);
  }

  /** The part of the file that holds `length` units of the value from `offset`; all of the scalar when that cannot be told. */
  locate(offset: number, length: number): Span {
    const read = this.#read;
    if (read === undefined) return this.#span;
    const start = read.offsets[offset] ?? read.end;
    if (length <= 0) return { start, end: start };
    return { start, end: Math.max(read.ends[offset + length - 1] ?? read.end, start) };
  }
}

/** Reads the scalar anew and accepts the result only when it is what the YAML library made of it. */
function readScalar(text: string, node: ScalarNode): ReadScalar | undefined {
  const value = String(node.value);
  const isBlock = node.style === 'literal' || node.style === 'folded';
  const candidates = isBlock
    ? readBlock(text, node.span, node.style === 'folded')
    : [readFlow(text, node.span, node.style)];
  for (const read of candidates) {
    if (read.value.slice(0, value.length) === value) {
      const end = value.length < read.offsets.length ? (read.offsets[value.length] as number) : read.end;
      return {
        value,
        offsets: read.offsets.slice(0, value.length),
        ends: read.ends.slice(0, value.length),
        end,
      };
    }
  }
  return undefined;
}
