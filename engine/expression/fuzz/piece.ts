// Expressions under construction: trees of text, so that a failing one can be made smaller.

export interface Piece {
  readonly parts: readonly (string | Piece)[];
}

export function piece(...parts: readonly (string | Piece)[]): Piece {
  return { parts };
}

/** `items` with `separator` between them. */
export function list(items: readonly Piece[], separator = ', '): Piece {
  return { parts: items.flatMap((item, index) => (index === 0 ? [item] : [separator, item])) };
}

export function render({ parts }: Piece): string {
  return parts.map((part) => (typeof part === 'string' ? part : render(part))).join('');
}

const SIMPLE = ['1', 'a', '"x"', '[]', '$'].map((text) => piece(text));

/** Smaller versions: parts of it in its place, or one part simplified. Some are no expressions any more. */
export function* smaller(whole: Piece): Generator<Piece> {
  for (const part of whole.parts) if (typeof part !== 'string') yield part;
  if (whole.parts.length > 1 || typeof whole.parts[0] !== 'string') yield* SIMPLE;
  for (let index = 0; index < whole.parts.length; index += 1) {
    const part = whole.parts[index] as string | Piece;
    if (typeof part === 'string') continue;
    for (const less of smaller(part)) yield { parts: whole.parts.with(index, less) };
  }
  for (let index = 0; index < whole.parts.length; index += 1) {
    yield { parts: whole.parts.toSpliced(index, 1) };
    yield { parts: whole.parts.toSpliced(index, 2) };
  }
}
