// Finds where the tokens of an expression begin, because the package's parser says only where they end.

export interface TokenSpan {
  readonly start: number;
  readonly end: number;
}

const SPACE = /[ \t\n\r\v]+|\/\*[\s\S]*?(?:\*\/|$)/y;
const STRING = /"(?:\\[\s\S]|[^"\\])*"?|'(?:\\[\s\S]|[^'\\])*'?/y;
const QUOTED_NAME = /`[^`]*`?/y;
const NUMBER = /(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?/y;
const OPERATOR = /\.\.|:=|!=|>=|<=|\*\*|~>|\?:|\?\?|[.[\]{}(),@#;:?+\-*/%|=<>^&!~]/y;
const NAME = /[^ \t\n\r\v.[\]{}(),@#;:?+\-*/%|=<>^&!~]+/y;
const ENDS_OPERAND = /^(?:[)\]}]|["'`].*|[\w$].*)$/s;

/** The spans of all tokens, in order. Total: what cannot be a token is one of length 1. */
export function scanTokens(source: string): readonly TokenSpan[] {
  const spans: TokenSpan[] = [];
  let at = 0;
  let previous = '';
  while (at < source.length) {
    const space = match(SPACE, source, at);
    if (space > at) {
      at = space;
      continue;
    }
    const end = tokenEnd(source, at, ENDS_OPERAND.test(previous));
    spans.push({ start: at, end });
    previous = source.slice(at, end);
    if (previous === 'and' || previous === 'or' || previous === 'in') previous = '';
    at = end;
  }
  return spans;
}

function tokenEnd(source: string, at: number, afterOperand: boolean): number {
  if (source[at] === '/' && !afterOperand) return regexEnd(source, at);
  for (const pattern of [STRING, QUOTED_NAME, NUMBER, OPERATOR, NAME]) {
    const end = match(pattern, source, at);
    if (end > at) return end;
  }
  return at + 1;
}

function match(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : at;
}

/** As the language finds it: the first `/` outside brackets that is not escaped. */
function regexEnd(source: string, start: number): number {
  let depth = 0;
  for (let at = start + 1; at < source.length; at += 1) {
    const char = source[at] as string;
    if (char === '\\') at += 1;
    else if ('([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char)) depth -= 1;
    else if (char === '/' && depth === 0) return match(/\/[im]*/y, source, at);
  }
  return source.length;
}

/** The token that ends at `end`, or the one that holds or precedes it. */
export function spanEndingAt(source: string, end: number): TokenSpan {
  let before: TokenSpan = { start: Math.min(end, source.length), end: Math.min(end, source.length) };
  for (const span of scanTokens(source)) {
    if (span.start >= end) break;
    before = span;
    if (span.end >= end) break;
  }
  return before;
}
