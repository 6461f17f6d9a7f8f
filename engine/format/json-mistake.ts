// Finds where a text stops being JSON: the platform's own parser often does not say.

/** What is wrong and at which offset. Only for texts that JSON.parse refused; never recurses. */
export interface JsonMistake {
  readonly offset: number;
  readonly problem: string;
}

const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON strings must escape
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)(?![\w.+-]))/y;
const space = /[ \t\n\r]*/y;

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | 'more';

export function findJsonMistake(text: string): JsonMistake | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    if (expected === 'more' && open.length === 0) {
      const end = skipSpace(text, at);
      return end === text.length ? undefined : { offset: end, problem: 'something follows after the value' };
    }
    token.lastIndex = at;
    const match = token.exec(text);
    if (match === null) return noToken(text, skipSpace(text, at), expected, open.at(-1));
    const next = advance(match, expected, open);
    if (next === undefined) return { offset: skipSpace(text, at), problem: wanted(expected, open.at(-1)) };
    expected = next;
    at = token.lastIndex;
  }
}

/** The state after a token, undefined when it may not stand here. */
function advance(match: RegExpExecArray, expected: Expected, open: ('{' | '[')[]): Expected | undefined {
  const mark = match[1];
  const takesValue = expected === 'value' || expected === 'value or ]';
  if (mark === undefined) {
    if (takesValue) return 'more';
    return (expected === 'key' || expected === 'key or }') && match[2] !== undefined ? ':' : undefined;
  }
  if ((mark === '{' || mark === '[') && takesValue) {
    open.push(mark);
    return mark === '{' ? 'key or }' : 'value or ]';
  }
  if (mark === ':') return expected === ':' ? 'value' : undefined;
  if (mark === ',' && expected === 'more') return open.at(-1) === '{' ? 'key' : 'value';
  const opener = mark === '}' ? '{' : '[';
  const closes = expected === 'more' || expected === (mark === '}' ? 'key or }' : 'value or ]');
  if ((mark !== '}' && mark !== ']') || !closes || open.at(-1) !== opener) return undefined;
  open.pop();
  return 'more';
}

function noToken(
  text: string,
  offset: number,
  expected: Expected,
  inside: '{' | '[' | undefined,
): JsonMistake {
  if (offset >= text.length) {
    if (offset === 0 || text.trim() === '') return { offset, problem: 'there is nothing' };
    return { offset, problem: `it ends too early: ${wanted(expected, inside)}` };
  }
  if (text[offset] === '"') return { offset, problem: 'a string that never ends or holds what JSON forbids' };
  if (text[offset] === "'") return { offset, problem: 'JSON knows only double quotes' };
  return { offset, problem: wanted(expected, inside) };
}

function wanted(expected: Expected, inside: '{' | '[' | undefined): string {
  if (expected === 'more') return `expected \`,\` or \`${inside === '{' ? '}' : ']'}\``;
  if (expected === ':') return 'expected `:`';
  return `expected a ${expected.replace(/[\]}]$/, (mark) => `\`${mark}\``)}${expected.startsWith('key') ? ' in double quotes' : ''}`;
}

function skipSpace(text: string, at: number): number {
  space.lastIndex = at;
  space.exec(text);
  return space.lastIndex;
}
