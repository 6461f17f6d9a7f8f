// Checks documents against the schemas.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ManifestDocument } from './document.ts';
import { describeMistake } from './schema-diagnostics.ts';
import type { SchemaSet } from './schema-set.ts';
import { SchemaReader } from './schema-view.ts';
import { validatorOf } from './validator.ts';
import { mistakesOf } from './violations.ts';

/** Every mistake of every document. Durations, expressions and the like are texts here: see the leaf checks. */
export async function checkSchema(
  documents: readonly ManifestDocument[],
  set: SchemaSet,
  reader = new SchemaReader(set),
): Promise<readonly Diagnostic[]> {
  const validate = await validatorOf(set);
  return documents.flatMap((document) => {
    const violations = validate(document.value);
    if (violations.length === 0) return [];
    const mistakes = mistakesOf(violations, document.value, reader);
    return mistakes.flatMap((mistake) => describeMistake(mistake, document, reader));
  });
}
