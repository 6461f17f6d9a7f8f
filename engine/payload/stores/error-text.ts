// What the errors of client libraries say, in one line.

/** Clients are sparing with words: the name of an error often says more than its message. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const name = error.name === 'Error' || error.message.includes(error.name) ? '' : `${error.name}: `;
  const inner = error instanceof AggregateError ? error.errors.map(errorText).join('; ') : error.message;
  // Some give a whole document.
  const [line = ''] = inner.trim().split('\n', 1);
  return `${name}${line === '' ? 'no answer' : line.slice(0, 300)}`;
}
