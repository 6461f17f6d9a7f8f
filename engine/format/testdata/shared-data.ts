// Where the documents from the real world lie: beside the project.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../../../../shared/data');

/** Undefined when the documents are not there. */
export function peppolDocuments(): ReadonlyMap<string, Buffer> | undefined {
  const directory = path.join(folder, 'peppol');
  if (!existsSync(directory)) return undefined;
  const names = readdirSync(directory).filter((name) => name.endsWith('.xml'));
  return new Map(names.map((name) => [name, readFileSync(path.join(directory, name))]));
}

export function countryCodes(): Buffer | undefined {
  const file = path.join(folder, 'country-codes.csv');
  return existsSync(file) ? readFileSync(file) : undefined;
}
