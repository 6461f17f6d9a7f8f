// From a revision to its flows: read, laid over, checked. A revision is not read, and not reported, twice; of the next only what changed is checked.
import { hasErrors } from '../../diagnostics/diagnose.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import { checkSources } from '../../flow/check.ts';
import type { FlowGraph } from '../../flow/graph.ts';
import { KeptChecker } from '../../flow/kept-checker.ts';
import type { SchemaSet } from '../../manifest/schema-set.ts';
import type { Origin, Revision } from '../sources/origin.ts';

export type OnDiagnostics = (diagnostics: readonly Diagnostic[], texts: ReadonlyMap<string, string>) => void;

/** Throws VRS7020 for a revision with mistakes. */
export type RevisionCompiler = (revision: Revision, signal: AbortSignal) => Promise<readonly FlowGraph[]>;

export interface RevisionCompilerParts {
  readonly origin: Origin;
  /** Those of connectors from further packages among them; the built-in ones when absent. */
  readonly schemas?: SchemaSet | undefined;
  readonly onDiagnostics?: OnDiagnostics | undefined;
}

export function revisionCompiler(
  { origin, schemas, onDiagnostics }: RevisionCompilerParts,
  environment: string | undefined,
): RevisionCompiler {
  const files = new KeptChecker({ environment, ...(schemas === undefined ? {} : { schemas }) });
  let last: { readonly id: string; readonly flows: Promise<readonly FlowGraph[]> } | undefined;
  const compile = async (revision: Revision, signal: AbortSignal) => {
    const { sources, diagnostics, readFile } = await origin.read(revision, signal);
    const checker = await files.next(readFile);
    const checked = await checkSources(sources, { checker, readFile, environment });
    refuseMistakes(revision, [...diagnostics, ...checked.diagnostics], checked.value.sources, onDiagnostics);
    return checked.value.flows;
  };
  return async (revision, signal) => {
    if (last?.id !== revision.id) last = { id: revision.id, flows: compile(revision, signal) };
    try {
      return await last.flows;
    } catch (error) {
      // Mistakes stay; what kept it from being read may pass.
      if ((error as { readonly code?: string }).code !== 'VRS7020') last = undefined;
      throw error;
    }
  };
}

/** All of them go to whoever shows them; the error names the first. */
export function refuseMistakes(
  revision: Revision,
  diagnostics: readonly Diagnostic[],
  texts: ReadonlyMap<string, string>,
  onDiagnostics: OnDiagnostics | undefined,
): void {
  if (!hasErrors(diagnostics)) return;
  onDiagnostics?.(diagnostics, texts);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const places = errors
    .slice(0, 3)
    .map(
      ({ file, range, code, message }) =>
        `${file}:${range.start.line}:${range.start.column} ${code} ${message}`,
    );
  const count = errors.length === 1 ? 'an error' : `${errors.length} errors`;
  throw new VrskyError('VRS7020', `${revision.label} has ${count}: ${places.join('; ')}`, {
    help: 'Mend the manifests and push; what was applied before runs on.',
  });
}
