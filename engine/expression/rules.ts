// Declarative filter rules as one predicate: all, any, not over tests of fields.
import { parseFieldPath } from './field-path.ts';
import { compileRegex } from './jsonata/regex.ts';
import { type Comparison, comparisons } from './rule-comparisons.ts';
import type { Bindings, Compiled, Rules } from './types.ts';

type Test = (input: unknown, bindings: Bindings | undefined) => boolean;

/** `rules` as schemas/steps/filter.schema.json describes them. What is not there fails its test; nothing throws on odd data. */
export function compileRules(rules: unknown): Compiled<Rules> {
  try {
    const test = compileRule(rules as Readonly<Record<string, unknown>>);
    return { value: { evaluate: (input, bindings) => test(input, bindings) }, problems: [] };
  } catch (error) {
    return {
      problems: [
        { code: 'VRS4001', message: (error as Error).message, offset: 0, length: 1, severity: 'error' },
      ],
    };
  }
}

function compileRule(rule: Readonly<Record<string, unknown>>): Test {
  if (Array.isArray(rule.all)) {
    const tests = rule.all.map(compileRule);
    return (input, bindings) => tests.every((test) => test(input, bindings));
  }
  if (Array.isArray(rule.any)) {
    const tests = rule.any.map(compileRule);
    return (input, bindings) => tests.some((test) => test(input, bindings));
  }
  if (typeof rule.not === 'object' && rule.not !== null) {
    const test = compileRule(rule.not as Readonly<Record<string, unknown>>);
    return (input, bindings) => !test(input, bindings);
  }
  if (typeof rule.field === 'string') return compileTest(rule.field, rule);
  throw new Error('a rule has `field`, `all`, `any` or `not`');
}

function compileTest(field: string, rule: Readonly<Record<string, unknown>>): Test {
  const read = parseFieldPath(field);
  if (read === undefined) throw new Error(`\`${field}\` is not a path such as customer.country`);
  const checks = Object.entries(rule).flatMap(([name, wanted]) =>
    name === 'field' ? [] : [compileComparison(name, wanted)],
  );
  return (input, bindings) => {
    const value = read(input, bindings);
    return checks.every((check) => check(value));
  };
}

function compileComparison(name: string, wanted: unknown): Comparison {
  if (name === 'matches') {
    const { value: pattern, problem } = compileRegex(String(wanted), '');
    if (pattern === undefined) throw new Error(problem);
    return (value) => typeof value === 'string' && pattern.test(value);
  }
  const comparison = Object.hasOwn(comparisons, name) ? comparisons[name] : undefined;
  if (comparison === undefined) throw new Error(`there is no comparison \`${name}\``);
  return comparison(wanted);
}
