// A context as the engine gives it to connectors, for tests: keeps what was logged, stops on demand.
import { resolve } from 'node:path';
import type {
  ConsumerContext,
  JsonObject,
  JsonValue,
  MessageTemplate,
  TemplateOptions,
} from '../contract.ts';
import { logText } from '../log-text.ts';
import { compileTestExpression, compileTestTemplate } from './test-expressions.ts';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: JsonObject;
}

export interface TestContextOptions {
  readonly cursor?: JsonValue | undefined;
  /** Where relative paths are resolved; the current directory when absent. */
  readonly directory?: string;
  readonly flow?: string;
  /** The flow's name when absent. */
  readonly origin?: string;
  readonly name?: string;
}

/** Works as context of a consumer, a producer and a check alike. */
export interface TestContext extends ConsumerContext {
  /** What the consumer kept last. */
  readonly kept: JsonValue | undefined;
  readonly logs: readonly LogLine[];
  /** Resolves when a live consumer says that it takes in. */
  readonly listening$: Promise<void>;
  /** Resolves with the first log line, past or future, that satisfies the predicate. */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine>;
  /** Aborts the signal, as the engine does when the flow stops. */
  stop(): void;
}

export function createTestContext(options: TestContextOptions = {}): TestContext {
  const abort = new AbortController();
  const logs: LogLine[] = [];
  const waiting = new Set<(line: LogLine) => void>();
  const listening = Promise.withResolvers<void>();
  let kept: JsonValue | undefined;
  return {
    flow: options.flow ?? 'test-flow',
    name: options.name ?? 'test',
    origin: options.origin ?? options.flow ?? 'test-flow',
    listening: listening.resolve,
    listening$: listening.promise,
    cursor: options.cursor,
    keep: async (cursor) => {
      kept = cursor;
    },
    get kept() {
      return kept;
    },
    signal: abort.signal,
    logs,
    stop: () => abort.abort(),
    resolvePath: (path) => resolve(options.directory ?? '.', path),
    log(level, text, fields = {}) {
      const line = { level, message: logText(text), fields };
      logs.push(line);
      for (const notify of waiting) notify(line);
    },
    logged: (matches) => firstLine(logs, waiting, matches),
    template: (source: string, templateOptions?: TemplateOptions): MessageTemplate =>
      compileTestTemplate(source, templateOptions),
    expression: compileTestExpression,
  };
}

function firstLine(
  logs: readonly LogLine[],
  waiting: Set<(line: LogLine) => void>,
  matches: (line: LogLine) => boolean,
): Promise<LogLine> {
  const past = logs.find(matches);
  if (past !== undefined) return Promise.resolve(past);
  return new Promise((resolveLine) => {
    const notify = (line: LogLine): void => {
      if (!matches(line)) return;
      waiting.delete(notify);
      resolveLine(line);
    };
    waiting.add(notify);
  });
}
