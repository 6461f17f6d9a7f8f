// Canonical JSON and the digests made of it: the same content gives the same bytes, whatever the key order.

/** JSON with object keys sorted by code unit and absent (`undefined`) members left out. Of plain data. */
export function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const record = value as Readonly<Record<string, unknown>>;
  // In one text: a thousand flows are tens of thousands of members.
  let text = '';
  for (const name of Object.keys(record).sort()) {
    const member = record[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** The first 16 hex characters of the SHA-256 over the canonical JSON. */
export function digestOf(value: unknown): string {
  // Loaded with the first digest: what only checks manifests needs none, and would wait for it.
  const { hash } = process.getBuiltinModule('node:crypto');
  return hash('sha256', canonicalJson(value)).slice(0, 16);
}

/** Whether two values have the same canonical JSON. */
export function isSameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isComposite(a) || !isComposite(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  for (const name of Object.keys(a)) if (!isSameJson(a[name], b[name])) return false;
  for (const name of Object.keys(b)) if (b[name] !== undefined && a[name] === undefined) return false;
  return true;
}

function isComposite(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
