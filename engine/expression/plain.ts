// Turns what an evaluation yields into plain data: no sequence flags, no functions, nothing shared with the engine.

/** Lambdas and built-in functions become the empty string, as `$string` writes them. */
export function toPlain(value: unknown): unknown {
  if (typeof value === 'function') return '';
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(toPlain);
  if (isFunctionObject(value)) return '';
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) define(copy, key, toPlain((value as Record<string, unknown>)[key]));
  return copy;
}

function isFunctionObject(value: object): boolean {
  return '_jsonata_function' in value || '_jsonata_lambda' in value;
}

/** A key named `__proto__` in a document is data like any other. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
