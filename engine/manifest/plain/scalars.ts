// Scalars of plain YAML: those about which no rule but the simplest has to be known.
import type { ScalarNode, Span } from '../node.ts';

/** Thrown by the readers of plain YAML where the library has to be asked. */
export const notPlain = new Error('not plain YAML');

/** Words that YAML, in one spelling or another, takes for no text. */
const WORD = /^(?:null|true|false)$/i;
const KEY = /^[A-Za-z_][\w./-]{0,99}$/;
const WHOLE = /^(?:0|[1-9]\d{0,14})$/;
/** What may be a number, or nearly. */
const NUMERIC = /^[\d.][\w.+-]*$/;

export function isPlainKey(text: string): boolean {
  return KEY.test(text) && !WORD.test(text);
}

/** A text without quotes, to the end of its line. */
export function plainScalar(text: string, span: Span): ScalarNode {
  const written = text.slice(span.start, span.end);
  if (!/^[A-Za-z\d_./$(]/.test(written) || / #|:(?: |$)/.test(written)) throw notPlain;
  return { kind: 'scalar', span, value: plainValue(written), style: 'plain' };
}

export function plainValue(written: string): ScalarNode['value'] {
  if (WORD.test(written)) {
    if (written === 'true' || written === 'false') return written === 'true';
    throw notPlain;
  }
  if (WHOLE.test(written)) return Number(written);
  if (NUMERIC.test(written) && !/^\d+(?:ms|s|m|h|d|B|KiB|MiB|GiB|KB|MB|GB)$/.test(written)) throw notPlain;
  return written;
}

/** A text in quotes, to the end of its line. */
export function quotedScalar(text: string, span: Span): ScalarNode {
  const closing = text.indexOf(text.charAt(span.start), span.start + 1);
  if (closing !== span.end - 1) throw notPlain;
  return quoted(text, span);
}

/** From quote to quote, without either in between. */
export function quoted(text: string, span: Span): ScalarNode {
  const value = text.slice(span.start + 1, span.end - 1);
  const style = text.charAt(span.start) === '"' ? 'double' : 'single';
  if (style === 'double' && value.includes('\\')) throw notPlain;
  return { kind: 'scalar', span, value, style };
}
