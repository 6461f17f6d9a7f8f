// Compiles regular expressions: functions from a text to its first match.
import type { AstNode } from '../ast.ts';
import { Matcher } from '../matcher.ts';
import { compileRegex } from '../regex.ts';
import { type Evaluator, NotCompiled } from './evaluator.ts';

export function compileRegexLiteral(node: AstNode): Evaluator {
  if (!(node.value instanceof RegExp)) throw new NotCompiled('a regular expression that the parser lost');
  const { value: regex, problem } = compileRegex(node.value.source, node.value.flags);
  if (regex === undefined) throw new NotCompiled(problem ?? 'a regular expression');
  const { source } = node.value;
  return () => new Matcher(regex, source, node.position);
}
