// One file of a workspace as it was last checked.
import { diagnose, FILE_START } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { CheckedDocument } from '../flow/check-document.ts';
import type { ParsedSource, SourceChecker } from '../flow/check-source.ts';
import type { DraftEnvironment } from '../flow/environments/draft-environment.ts';
import type { Source } from '../manifest/source.ts';

export interface FileState {
  readonly source: Source;
  /** Of the last text that could be read: while somebody types, names do not come and go. */
  readonly parsed: Pick<ParsedSource, 'documents' | 'environments'>;
  readonly checked: readonly CheckedDocument[];
  /** Both are of an earlier text. */
  readonly isStale: boolean;
  /** What is wrong with the file by itself. */
  readonly found: readonly Diagnostic[];
}

/** `environments` are those of the other files. Never rejects: a mistake of ours in one file must not silence the others. */
export async function checkFile(
  checker: SourceChecker,
  source: Source,
  environments: readonly DraftEnvironment[],
  before: FileState | undefined,
): Promise<FileState> {
  try {
    const parsed = await checker.parse(source);
    const isEmpty = parsed.documents.length + parsed.environments.length === 0;
    if (isEmpty && parsed.diagnostics.length > 0 && before !== undefined)
      return { ...before, source, isStale: true, found: parsed.diagnostics };
    const checked = await checker.check(parsed, [...environments, ...parsed.environments]);
    const found = [...parsed.diagnostics, ...checked.diagnostics];
    return { source, parsed, checked: checked.documents, isStale: false, found };
  } catch (error) {
    const message = `The checker itself failed here: ${error instanceof Error ? error.message : String(error)}`;
    const help = 'Please report it with this file.';
    const found = [diagnose('VRS9001', source.file, FILE_START, message, { help })];
    return { source, parsed: { documents: [], environments: [] }, checked: [], isStale: false, found };
  }
}
