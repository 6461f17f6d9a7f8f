// What a YAML syntax mistake means and how to mend it, in words for people who do not know the YAML specification.
import type { ErrorCode, YAMLParseError } from 'yaml';
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { TextPositions } from '../diagnostics/text-positions.ts';
import type { Source } from './source.ts';

interface Explanation {
  readonly message: string;
  readonly help: string;
}

const QUOTE_IT =
  'Put the text in quotes, or write it as a block scalar: end the line with `|` and put the text on the next line, indented.';

const EXPLANATIONS: Readonly<Partial<Record<ErrorCode, Explanation>>> = {
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'A second `: ` stands in one line, or this line is indented further than its neighbours',
    help: `If the value is a text with a colon in it: ${QUOTE_IT}\nOtherwise indent it like the lines above.`,
  },
  TAB_AS_INDENT: {
    message: 'A tab stands where YAML wants spaces',
    help: 'Indent with spaces; two per level are usual.',
  },
  BAD_SCALAR_START: { message: 'A plain text cannot begin with this character', help: QUOTE_IT },
  BAD_ALIAS: {
    message: '`*` begins a reference to an anchor, and none can be read here',
    help: QUOTE_IT,
  },
  MULTILINE_IMPLICIT_KEY: {
    message: 'A key goes over several lines',
    help: 'Is a `:` missing, or is the line above indented differently?',
  },
  UNEXPECTED_TOKEN: {
    message: 'Something follows a value that was already complete',
    help: `If it belongs to the value: ${QUOTE_IT}`,
  },
  MISSING_CHAR: {
    message: '',
    help: 'Close what was opened above, or write the text as a block scalar (`|`).',
  },
  BAD_INDENT: {
    message: '',
    help: 'Close every bracket that was opened; indent the lines of one level alike, with spaces.',
  },
};

/** The field whose value the line begins, e.g. `expression` in `- expression: a: b`. */
const FIELD = /^\s*(?:- +)*(?:\{ *)?([A-Za-z][\w-]*) *: +(?=\S)/;
const TEMPLATE = /\{\{.*\}\}/;

export function explainSyntaxError(
  source: Source,
  positions: TextPositions,
  error: YAMLParseError,
): Diagnostic {
  const explanation = EXPLANATIONS[error.code];
  const range = positions.range(error.pos[0], error.pos[1]);
  const message = explanation?.message || error.message;
  const help = holeHelp(positions.line(range.start.line)) ?? explanation?.help ?? QUOTE_IT;
  return diagnose('VRS1001', source.file, range, message, { help });
}

/** Values that hold JSONata or `{{ … }}` break YAML in many ways; the remedy is always the same. */
function holeHelp(line: string): string | undefined {
  const match = FIELD.exec(line);
  if (match === null) return undefined;
  const [whole, field] = match as unknown as [string, string];
  const value = line.slice(whole.length).trim();
  if (TEMPLATE.test(value) && !/^['"|>]/.test(value)) {
    return `A text with {{ … }} needs quotes:\n${field}: ${JSON.stringify(value)}`;
  }
  if (!EXPRESSION_FIELDS.has(field)) return undefined;
  return `YAML reads parts of this expression as its own signs. Write it as a block scalar:\n${field}: |\n  ${value}`;
}

/** Only for the remedy in a line that YAML cannot read; checks go by `x-expression` in the schemas. */
const EXPRESSION_FIELDS: ReadonlySet<string> = new Set(['expression', 'when', 'items', 'id', 'key']);
