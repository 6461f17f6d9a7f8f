// Makes an expression that shows a difference as small as it goes.
import { compare, type Difference } from './compare.ts';
import { type Piece, render, smaller } from './piece.ts';

const MOST_TRIES = 3000;

/** The smallest version found that still differs. */
export async function shrink(found: Piece, difference: Difference): Promise<Difference> {
  let best = found;
  let result = difference;
  let tries = 0;
  for (let isSmaller = true; isSmaller && tries < MOST_TRIES; ) {
    isSmaller = false;
    for (const candidate of smaller(best)) {
      tries += 1;
      if (tries > MOST_TRIES) break;
      const source = render(candidate);
      if (source.length >= result.source.length) continue;
      const { difference: still } = await compare(source, result.document);
      if (still === undefined) continue;
      best = candidate;
      result = still;
      isSmaller = true;
      break;
    }
  }
  return result;
}
