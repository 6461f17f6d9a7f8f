// Writes values as short YAML, for "what to write instead".
import { stringify } from 'yaml';

/** `name: value` as one would write it, indented by `indent` spaces after the first line. */
export function fieldSnippet(name: string, value: unknown, indent = 0): string {
  const text = stringify(
    { [name]: value },
    { lineWidth: 0, blockQuote: 'literal', flowCollectionPadding: true },
  ).trimEnd();
  return text.replaceAll('\n', `\n${' '.repeat(indent)}`);
}

/** A value on one line. */
export function inlineSnippet(value: unknown): string {
  return stringify(value, { lineWidth: 0, collectionStyle: 'flow', blockQuote: false }).trimEnd();
}

/** A value as a whole document: blocks for what is deep, one line for what is short. */
export function exampleSnippet(value: unknown): string {
  return stringify(value, { lineWidth: 0, blockQuote: 'literal', flowCollectionPadding: true }).trimEnd();
}
