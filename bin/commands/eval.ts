// vrsky eval: JSONata on the command line, as flows evaluate it.
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { Command, InvalidArgumentError } from 'commander';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { narrate, paint, print } from '../cli/narrate.ts';

interface EvalOptions {
  readonly ndjson?: boolean;
  readonly timeout: number;
}

/** One line of `--ndjson`. Without an `input` key the input is undefined. */
interface EvalRequest {
  readonly expr: string;
  readonly input?: unknown;
  readonly bindings?: Readonly<Record<string, unknown>>;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly depth?: number;
}

export function evalCommand(): Command {
  return new Command('eval')
    .description('Evaluate JSONata over a JSON document from stdin, exactly as flows do.')
    .argument('[expression]', 'the expression')
    .option(
      '--ndjson',
      'answer each line {"expr","input","bindings","timeout","depth"} with {"result"}, {"undefined":true} or {"error"}, and "compiled": false where the package\'s evaluator was needed',
    )
    .option('--timeout <ms>', 'limit per evaluation', milliseconds, 100)
    .addHelpText(
      'after',
      `\nExamples:\n  vrsky eval '$sum(items.(price * quantity))' < order.json\n  vrsky eval --ndjson < cases.ndjson`,
    )
    .action(evaluate);
}

function milliseconds(value: string): number {
  const ms = Number(value);
  if (!(ms > 0)) throw new InvalidArgumentError('write milliseconds, for example 100');
  return ms;
}

async function evaluate(expression: string | undefined, options: EvalOptions): Promise<void> {
  if (options.ndjson === true) return answerLines(options);
  if (expression === undefined) {
    narrate(`${paint('red', 'error')}: write an expression: vrsky eval 'total > 100' < doc.json`);
    throw new ExitWith(exitCode.usage);
  }
  const input = process.stdin.isTTY ? undefined : await parseInput(await text(process.stdin));
  const answer = await answerOf({ expr: expression, input, timeout: options.timeout });
  if (answer.error !== undefined) {
    narrate(`${paint('red', 'error')} ${answer.error.code}: ${answer.error.message}`);
    throw new ExitWith(exitCode.failed);
  }
  if ('result' in answer) print(JSON.stringify(answer.result, null, 2));
}

async function parseInput(source: string): Promise<unknown> {
  if (source.trim() === '') return undefined;
  try {
    return await readJson(source);
  } catch (error) {
    narrate(`${paint('red', 'error')}: stdin is not JSON: ${(error as Error).message}`);
    throw new ExitWith(exitCode.failed);
  }
}

/** Some editors put a byte order mark before a text. */
async function readJson(source: string): Promise<unknown> {
  const value: unknown = JSON.parse(source.startsWith('\uFEFF') ? source.slice(1) : source);
  const { noteWideObjects } = await import('../../engine/expression/wide-objects.ts');
  noteWideObjects(value, source.length);
  return value;
}

async function answerLines(options: EvalOptions): Promise<void> {
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    print(JSON.stringify(await answerLine(line, options)));
  }
}

async function answerLine(line: string, options: EvalOptions): Promise<Answer> {
  let request: EvalRequest;
  try {
    request = (await readJson(line)) as EvalRequest;
  } catch (error) {
    return { error: { code: 'VRS4901', message: `the line is not JSON: ${(error as Error).message}` } };
  }
  if (typeof request?.expr !== 'string')
    return { error: { code: 'VRS4901', message: 'the line has no "expr" string' } };
  return answerOf({ timeout: options.timeout, ...request });
}

interface Answer {
  readonly result?: unknown;
  readonly undefined?: true;
  readonly error?: { readonly code: string; readonly message: string };
  readonly compiled?: boolean;
}

async function answerOf(request: EvalRequest): Promise<Answer> {
  const { compileExpression } = await import('../../engine/expression/index.ts');
  const { value: expression, problems } = compileExpression(request.expr, {
    bindings: Object.keys(request.bindings ?? {}),
  });
  if (expression === undefined) {
    const [first] = problems;
    return {
      error: {
        code: first?.jsonataCode ?? first?.code ?? 'VRS4001',
        message: first?.message ?? 'not JSONata',
      },
      // Nothing was left to the package's evaluator.
      compiled: true,
    };
  }
  const compiled = expression.compiled;
  try {
    const limits = {
      ...(request.timeout === undefined ? {} : { timeoutMs: request.timeout }),
      ...(request.depth === undefined ? {} : { depth: request.depth }),
    };
    const result = await expression.evaluate(request.input, request.bindings ?? {}, limits);
    return result === undefined ? { undefined: true, compiled } : { result, compiled };
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    return { error: { code: code ?? 'VRS9001', message }, compiled };
  }
}
