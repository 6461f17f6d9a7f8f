// The expressions of a flow with the places they stand at, and the parts of templates and rules that are expressions too.
import { parseChecked } from '../expression/check.ts';
import { fieldPathSteps } from '../expression/field-path.ts';
import type { AstNode } from '../expression/jsonata/ast.ts';
import { templateParts } from '../expression/template-parts.ts';
import { spanEndingAt } from '../expression/token-spans.ts';
import type { DocumentPath, ManifestDocument } from '../manifest/document.ts';
import type { ScalarNode } from '../manifest/node.ts';
import { annotation, type SchemaReader } from '../manifest/schema-view.ts';
import { walkDocument } from '../manifest/walk-document.ts';
import { type DeadPath, followExpression } from '../shape/follow-expression.ts';
import { ANY, type Shape } from '../shape/shape.ts';

export interface FlowExpression {
  readonly path: DocumentPath;
  readonly node: ScalarNode;
  readonly kind: 'jsonata' | 'template' | 'path';
}

/** Every expression of a document whose text is known: `${env:X}` inside one is filled in only where the flow runs. */
export function expressionsOf(document: ManifestDocument, reader: SchemaReader): readonly FlowExpression[] {
  const found: FlowExpression[] = [];
  walkDocument(document, reader, ({ node, path, view }) => {
    const kind = annotation(view, 'x-expression');
    if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.value.includes('${')) return;
    if (kind === 'jsonata' || kind === 'template' || kind === 'path') found.push({ path, node, kind });
  });
  return found;
}

/** A field that cannot be there, with its place in the text of the expression. */
export interface DeadEnd extends Pick<DeadPath, 'name' | 'of'> {
  readonly offset: number;
  readonly length: number;
}

/** What comes out of an expression over this input, and the paths in it that lead nowhere. */
export function followText(
  { node, kind }: FlowExpression,
  input: Shape,
): { readonly result: Shape; readonly dead: readonly DeadEnd[] } {
  const text = String(node.value);
  if (kind === 'jsonata') return followJsonata(text, 0, input);
  if (kind === 'template') {
    const holes = templateParts(text).parts.filter((part) => typeof part !== 'string');
    const dead = holes.flatMap((hole) => followJsonata(hole.source, hole.offset, input).dead);
    return { result: ANY, dead };
  }
  return { result: ANY, dead: followSteps(text, input) };
}

function followJsonata(source: string, at: number, input: Shape) {
  const { ast } = parseChecked(source);
  if (ast === undefined) return { result: ANY, dead: [] };
  const { result, dead } = followExpression(ast as unknown as AstNode, input);
  return {
    result,
    dead: dead.map(({ name, end, of }) => {
      const span = spanEndingAt(source, end);
      return { name, of, offset: at + span.start, length: span.end - span.start };
    }),
  };
}

/** The dotted path of a rule, as the expression it is. */
function followSteps(text: string, input: Shape): readonly DeadEnd[] {
  const steps = fieldPathSteps(text);
  const [first] = steps ?? [];
  if (steps === undefined || first === undefined) return [];
  if (typeof first.key === 'string' && first.key.startsWith('$')) return [];
  const ast = {
    type: 'path',
    steps: steps
      .filter(({ key }) => typeof key === 'string')
      .map(({ key, end }) => ({ type: 'name', value: key, position: end })),
  };
  return followExpression(ast, input).dead.map(({ name, end, of }) => {
    const step = steps.find((one) => one.end === end);
    return { name, of, offset: step?.start ?? 0, length: end - (step?.start ?? 0) };
  });
}
