// Checks documents against the schemas.
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ManifestDocument } from './document.ts';
import { describeMistake } from './schema-diagnostics.ts';
import type { SchemaSet } from './schema-set.ts';
import { SchemaReader } from './schema-view.ts';
import { validatorOf } from './validator.ts';
import { type Mistake, mistakesOf } from './violations.ts';

/** Nobody reads more of one document, and describing them takes longer than finding them. */
const maxMistakes = 1000;

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
    const described = mistakes.slice(0, maxMistakes);
    return [
      ...described.flatMap((mistake) => describeMistake(mistake, document, reader)),
      ...furtherMistakes(mistakes.slice(maxMistakes), document),
    ];
  });
}

function furtherMistakes(further: readonly Mistake[], document: ManifestDocument): readonly Diagnostic[] {
  const [first] = further;
  if (first === undefined) return [];
  const message = `The manifest has ${further.length} further mistakes from here on`;
  const help = 'Mend those above first: so many have few causes.';
  return [diagnose('VRS1017', document.file, document.locate(first.path), message, { help })];
}
