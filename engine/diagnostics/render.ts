// Renders diagnostics in the format that was asked for.
import { sortDiagnostics } from './diagnose.ts';
import type { Diagnostic } from './diagnostic.ts';
import { renderGithub } from './render-github.ts';
import { renderHuman } from './render-human.ts';
import { renderJson } from './render-json.ts';
import { renderSarif } from './render-sarif.ts';

export const DIAGNOSTIC_FORMATS = ['human', 'json', 'github', 'sarif'] as const;
export type DiagnosticFormat = (typeof DIAGNOSTIC_FORMATS)[number];

export interface RenderOptions {
  readonly format?: DiagnosticFormat;
  /** Texts of the files by the name that diagnostics give them; a file that is absent is shown without its line. */
  readonly sources?: ReadonlyMap<string, string>;
  /** Only `human` has colours. See {@link wantsColor}. */
  readonly color?: boolean;
  /** Cells per line of source shown by `human`. */
  readonly width?: number;
}

/** Sorted, ending in a line break unless empty. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions = {}): string {
  const sorted = sortDiagnostics(diagnostics);
  switch (options.format ?? 'human') {
    case 'human':
      return renderHuman(sorted, options);
    case 'json':
      return renderJson(sorted);
    case 'github':
      return renderGithub(sorted);
    case 'sarif':
      return renderSarif(sorted);
  }
}

/** Whether a stream should get colours: FORCE_COLOR and NO_COLOR (any non-empty value) decide, else whether it is a terminal. */
export function wantsColor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
  return stream.isTTY === true && env.TERM !== 'dumb';
}
