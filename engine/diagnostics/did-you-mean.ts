// Finds the name that was probably meant by one that does not exist.

/**
 * The candidate nearest to `written`, undefined when none is near. Case, hyphens and underscores do not count; otherwise about one
 * changed, missing, extra or swapped letter in three is forgiven.
 */
export function didYouMean(written: string, candidates: Iterable<string>): string | undefined {
  const plain = simplify(written);
  if (plain.length === 0 || plain.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let bestDistance = allowance(plain) + 1;
  for (const candidate of candidates) {
    const other = simplify(candidate);
    if (Math.abs(other.length - plain.length) >= bestDistance) continue;
    const distance = editDistance(plain, other);
    if (distance < bestDistance && distance < Math.max(plain.length, other.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

const MAX_LENGTH = 100;

function allowance(name: string): number {
  return name.length <= 3 ? 1 : Math.floor((name.length + 1) / 3);
}

function simplify(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** Optimal string alignment: insertions, deletions, changes, and swaps of neighbours. */
function editDistance(left: string, right: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const change = left[row - 1] === right[column - 1] ? 0 : 1;
      let cost = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + change,
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, at(beforePrevious, column - 2) + 1);
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, right.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}

/** `a`, `a or b`, `a, b or c`, each in backquotes; cut after `limit` with how many more there are. */
export function listNames(names: readonly string[], limit = 12): string {
  const shown = names.slice(0, limit).map((name) => `\`${name}\``);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}
