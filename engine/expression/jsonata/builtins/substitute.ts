// Fills `$0`, `$1`, `$$` of a replacement text in with what a match found.
import type { Found } from './matching.ts';

export function substitute(replacement: string, { match, groups }: Found): string {
  let text = '';
  let position = 0;
  for (let dollar = replacement.indexOf('$'); dollar !== -1; dollar = replacement.indexOf('$', position)) {
    text += replacement.slice(position, dollar);
    position = dollar + 1;
    const next = replacement[position];
    if (next === '$') {
      text += '$';
      position += 1;
    } else if (next === '0') {
      text += match;
      position += 1;
    } else {
      const index = groupAt(replacement, position, groups.length);
      if (Number.isNaN(index)) text += '$';
      else {
        text += groups[index - 1] ?? '';
        position += String(index).length;
      }
    }
  }
  return text + replacement.slice(position);
}

/** The number behind the dollar, no longer than the number of groups needs; NaN when there is none. */
function groupAt(replacement: string, position: number, groups: number): number {
  const digits = groups === 0 ? 1 : Math.floor(Math.log(groups) * Math.LOG10E) + 1;
  const index = Number.parseInt(replacement.slice(position, position + digits), 10);
  if (digits === 1 || !(index > groups)) return index;
  return Number.parseInt(replacement.slice(position, position + digits - 1), 10);
}
