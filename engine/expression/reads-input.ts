// Tells what an expression or template looks at: a payload nobody looks at is never loaded, bindings nobody names are never made.
import { MESSAGE_BINDINGS } from './types.ts';

/** A binding and fields of it: `$headers.'file-name'`. */
const field = String.raw`(?:[A-Za-z_]\w*|'[^'\\]*'|"[^"\\]*"|\x60[^\x60]*\x60)`;
const binding = String.raw`\$[A-Za-z_]\w*(?:\s*\.\s*${field})*`;
const literal = String.raw`'[^'\\]*'|"[^"\\]*"|-?\d+(?:\.\d+)?`;
const operand = `(?:${binding}|${literal})`;
const operator = String.raw`(?:[=&+*/%-]|!=|[<>]=?|and\b|or\b)`;
const inputFree = new RegExp(String.raw`^\s*${operand}(?:\s*${operator}\s*${operand})*\s*$`);

/** False only when it certainly does not: bindings, literals and operators between them. */
export function readsInput(expression: string): boolean {
  return !inputFree.test(expression);
}

/** The same for a text with `{{ … }}` holes. */
export function templateReadsInput(template: string): boolean {
  const rest = template.replaceAll(/\{\{(.*?)\}\}/gs, (hole, expression: string) =>
    readsInput(expression) ? hole : '',
  );
  return rest.includes('{{');
}

/** `$eval` may name any. */
const bindingName = new RegExp(String.raw`\$(?:${MESSAGE_BINDINGS.join('|')}|eval)\b`);

/** Of an expression, a template or rules as text. False only when it certainly names none of what a message binds. */
export function readsBindings(source: string): boolean {
  return bindingName.test(source);
}
