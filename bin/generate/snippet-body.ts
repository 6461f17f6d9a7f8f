// An example as the body of an editor's snippet: the same fields in the same order, each value a place to type.
import { annotation, type SchemaReader, type View } from '../../engine/manifest/schema-view.ts';
import { inlineSnippet } from '../../engine/manifest/yaml-snippet.ts';

/** Values of `kind`, `type` and the like are no choice: they are what the snippet is about. */
const FIXED = new Set(['apiVersion', 'kind', 'type']);

/** The body as the YAML language server takes it. `view` is what the schema says about the example. */
export function snippetBody(example: unknown, view: View, reader: SchemaReader): unknown {
  let stop = 0;
  const bodyOf = (value: unknown, at: View, depth: number, isFixed: boolean): unknown => {
    if (Array.isArray(value)) {
      return value.map((item, index) => bodyOf(item, reader.child(at, index, item), depth + 1, false));
    }
    if (typeof value === 'object' && value !== null) {
      const fields = Object.entries(value).map(([name, inner]) => [
        name,
        bodyOf(inner, reader.child(at, name, inner), depth + 1, FIXED.has(name)),
      ]);
      return Object.fromEntries(fields);
    }
    if (isFixed) return value;
    const isBlock = depth === 1 && annotation(at, 'x-expression') === 'jsonata';
    return isBlock ? blockStop(String(value), ++stop) : inlineStop(value, ++stop);
  };
  return bodyOf(example, view, 0, false);
}

/** A block scalar below a field of a list's item: the editor adds the indentation of the line to that of the snippet. */
function blockStop(text: string, stop: number): string {
  const lines = text.trimEnd().split('\n');
  return `|\n    \${${stop}:${lines.map(escapeStop).join('\n    ')}}`;
}

/** `"${1:*.xml}"`: quotes stay when the value is typed over. */
function inlineStop(value: unknown, stop: number): string {
  const text = inlineSnippet(value);
  const [, quote = '', inner = text] = /^(["'])(.*)\1$/s.exec(text) ?? [];
  return `${quote}\${${stop}:${escapeStop(inner)}}${quote}`;
}

function escapeStop(text: string): string {
  return text.replaceAll(/[\\$}]/g, '\\$&');
}
