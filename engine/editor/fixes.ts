// Quick fixes: what diagnostics propose, and moving an expression into a block scalar.
import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts';
import { blockScalar } from '../flow/eaten-expression.ts';
import { parseManifests } from '../manifest/parse-manifests.ts';
import { annotation } from '../manifest/schema-view.ts';
import type { Source } from '../manifest/source.ts';
import { cursorAt } from './cursor.ts';
import type { World } from './world.ts';

export interface QuickFix {
  readonly fix: Fix;
  /** What it mends; absent when nothing is wrong. */
  readonly diagnostic?: Diagnostic;
}

/** `found` are the diagnostics of the file; those that touch the part between the two offsets count. */
export function quickFixes(
  source: Source,
  start: number,
  end: number,
  found: readonly Diagnostic[],
  world: World,
): readonly QuickFix[] {
  const mended = found.flatMap((diagnostic): readonly QuickFix[] => {
    const { fix, range } = diagnostic;
    const touches = range.start.offset <= end && range.end.offset >= start;
    return fix !== undefined && touches ? [{ fix, diagnostic }] : [];
  });
  if (mended.length > 0) return mended;
  const fix = toBlock(source, start, world);
  return fix === undefined ? [] : [{ fix }];
}

/** Undefined when there is no expression, or when it stands in a block or where none can be. */
function toBlock(source: Source, offset: number, world: World): Fix | undefined {
  const cursor = cursorAt(source, offset, world.reader);
  if (cursor === undefined || annotation(cursor.view, 'x-expression') !== 'jsonata') return undefined;
  for (const document of parseManifests(source).documents) {
    const node = document.node(cursor.path);
    if (node?.kind !== 'scalar' || offset < node.span.start || offset > node.span.end) continue;
    if (node.style === 'literal' || node.style === 'folded' || typeof node.value !== 'string')
      return undefined;
    const rest = source.text.slice(node.span.end).split('\n', 1)[0] ?? '';
    if (rest.trim() !== '') return undefined;
    return blockScalar(document, cursor.path, node.span, node.value);
  }
  return undefined;
}
