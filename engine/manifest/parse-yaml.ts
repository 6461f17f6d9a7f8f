// Text to YAML documents: syntax mistakes as diagnostics, nesting bounded before anything recursive sees it.
import { Composer, type CST, type Document, Lexer, type ParsedNode, Parser, type YAMLParseError } from 'yaml';
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { TextPositions } from '../diagnostics/text-positions.ts';
import { SOURCE_LIMITS, type Source, type SourceLimits } from './source.ts';
import { explainSyntaxError } from './syntax-errors.ts';

export interface ParsedYaml {
  /** Those without mistakes in their syntax, or all. */
  readonly documents: readonly Document.Parsed<ParsedNode>[];
  readonly positions: TextPositions;
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses every document of a source. A document with a syntax mistake is reported, and left out unless it is to be kept. */
export function parseYaml(
  source: Source,
  limits: SourceLimits = SOURCE_LIMITS,
  broken: 'keep' | 'leave out' = 'leave out',
): ParsedYaml {
  const positions = new TextPositions(source.text);
  const composed = withoutEnvironment(() => compose(source.text, limits));
  if (!Array.isArray(composed))
    return { documents: [], positions, diagnostics: [excess(source.file, positions, composed, limits)] };
  const errors = composed.flatMap((document) => document.errors);
  return {
    documents: composed.filter((document) => broken === 'keep' || document.errors.length === 0),
    positions,
    diagnostics: syntaxErrors(source, positions, errors, limits.maxSyntaxErrors),
  };
}

/** The library looks for LOG_TOKENS at every word, which takes a fifth of its time; and where it is set, tokens go to stdout. */
function withoutEnvironment<Result>(work: () => Result): Result {
  const { env } = process;
  process.env = {};
  try {
    return work();
  } finally {
    process.env = env;
  }
}

function compose(text: string, limits: SourceLimits): Document.Parsed<ParsedNode>[] | Excess {
  const tokenized = tokenize(text, limits);
  if (tokenized.kind !== 'tokens') return tokenized;
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false, merge: true, version: '1.2' });
  return [...composer.compose(tokenized.tokens, false, text.length)];
}

interface Excess {
  readonly kind: 'too-deep' | 'too-much';
  readonly at: number;
}

type Tokenized = Excess | { readonly kind: 'tokens'; readonly tokens: readonly CST.Token[] };

/** The parser keeps its state on a stack of its own, the composer behind it recurses: so depth is watched here. */
function tokenize(text: string, limits: SourceLimits): Tokenized {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > limits.maxDepth + 1) return { kind: 'too-deep', at: parser.offset };
    if (++count > limits.maxTokens) return { kind: 'too-much', at: parser.offset };
  }
  for (const token of parser.end()) tokens.push(token);
  return { kind: 'tokens', tokens };
}

function excess(
  file: string,
  positions: TextPositions,
  { kind, at }: Excess,
  limits: SourceLimits,
): Diagnostic {
  const range = positions.range(at - 1, at);
  if (kind === 'too-deep') {
    const message = `Mappings and lists are nested more than ${limits.maxDepth} deep`;
    const help = 'No manifest needs this: look for an unclosed bracket or a generator gone wrong.';
    return diagnose('VRS1006', file, range, message, { help });
  }
  const message = `The file holds more than ${limits.maxTokens} words and signs`;
  const help = 'Split it into several files: a directory may hold any number of them.';
  return diagnose('VRS1005', file, range, message, { help });
}

/** One mistake per line: the parser reports what follows from it too. */
function syntaxErrors(
  source: Source,
  positions: TextPositions,
  errors: readonly YAMLParseError[],
  limit: number,
): readonly Diagnostic[] {
  const perLine = new Map<number, YAMLParseError>();
  for (const error of errors) {
    const { line } = positions.position(error.pos[0]);
    if (!perLine.has(line)) perLine.set(line, error);
  }
  return [...perLine.values()].slice(0, limit).map((error) => explainSyntaxError(source, positions, error));
}
