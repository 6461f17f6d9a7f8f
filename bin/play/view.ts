// What there is to see of a flow and a message: the mistakes of the flow, or the message after every step.
import { readFile } from 'node:fs/promises';
import { styleText } from 'node:util';
import { renderDiagnostics, wantsColor } from '../../engine/diagnostics/render.ts';
import { stepTypes } from '../../engine/steps/index.ts';
import { playMessage } from '../../engine/testing/play/play-message.ts';
import { renderPlayed } from '../../engine/testing/play/render-played.ts';
import type { Paint } from '../../engine/testing/report/findings.ts';
import type { SimulatedInput } from '../../engine/testing/simulation/simulation.ts';
import { exitCode } from '../cli/exit-code.ts';
import { hasErrors } from '../cli/manifests.ts';
import { type Choice, type ChosenFlow, chooseFlow } from './chosen-flow.ts';
import type { Size } from './live-view.ts';
import { payloadOfMessage } from './message-file.ts';

export interface ViewOptions {
  readonly message?: string;
  readonly at?: string;
  readonly type?: string;
  readonly key?: string;
  readonly header?: readonly string[];
  readonly answer?: readonly string[];
  readonly env?: string;
}

export interface View {
  /** Mistakes and warnings, and why nothing can be shown; empty or whole lines. */
  readonly problems: string;
  /** Absent when nothing can be shown. */
  readonly draw?: (size: Size) => string;
  readonly code: typeof exitCode.done | typeof exitCode.failed | typeof exitCode.manifestsInvalid;
  /** The message that it is about, when there is one. */
  readonly message?: string;
}

/** Never rejects for what a person wrote. */
export async function viewOf(wanted: string, paths: readonly string[], options: ViewOptions): Promise<View> {
  const choice = await chooseFlow(wanted, paths, options.env);
  const found = diagnosticsOf(choice);
  if (choice.flow === undefined)
    return { problems: found + problemLine(choice.problem ?? ''), code: exitCode.manifestsInvalid };
  const { compiled, samples } = choice.flow;
  const at = options.at ?? compiled.consumers[0]?.name ?? '';
  const message = options.message ?? samples.get(at)?.[0];
  const about = message === undefined ? {} : { message };
  try {
    const played = await run(choice.flow, at, message, options);
    const draw = ({ width, height }: Size) => {
      // Above a message stand two lines, below it notes and endings, and the last line stays free.
      const room = height === undefined ? {} : { maxLines: Math.max(4, height - played.endings.length - 8) };
      return renderPlayed(played, { width, paint: paintOut, ...room });
    };
    return { problems: found, draw, code: exitCode.done, ...about };
  } catch (error) {
    return { problems: found + problemLine((error as Error).message), code: exitCode.failed, ...about };
  }
}

const paintOut: Paint = (style, text) => styleText(style, text, { stream: process.stdout });

function problemLine(problem: string): string {
  return `${styleText('red', 'error', { stream: process.stderr })}: ${problem}\n`;
}

/** Of mistakes and warnings only the mistakes, when there are any. */
function diagnosticsOf({ diagnostics, sources }: Choice): string {
  if (diagnostics.length === 0) return '';
  const isShown = ({ severity }: { readonly severity: string }) =>
    severity === 'error' || !hasErrors(diagnostics);
  const color = wantsColor(process.stderr, process.env);
  return renderDiagnostics(diagnostics.filter(isShown), { format: 'human', sources, color });
}

async function run(
  { compiled }: ChosenFlow,
  at: string,
  message: string | undefined,
  options: ViewOptions,
): ReturnType<typeof playMessage> {
  if (message === undefined)
    throw new Error(`${at} names no sample: say which message with --message FILE or --once FILE`);
  const input: SimulatedInput = {
    at,
    payload: payloadOfMessage(message, compiled, at, options.type),
    headers: Object.fromEntries((options.header ?? []).map(headerOf)),
    key: options.key,
    id: undefined,
    afterMs: 0,
  };
  const answers = Object.fromEntries(await Promise.all((options.answer ?? []).map(answerOf)));
  return playMessage({ flow: compiled, stepTypes, input, answers, env: (name) => process.env[name] });
}

function headerOf(text: string): readonly [string, string] {
  const colon = text.indexOf(':');
  if (colon < 1) throw new Error(`a header is written name:value, and this is ${text}`);
  return [text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim()];
}

async function answerOf(text: string): Promise<readonly [string, unknown]> {
  const sign = text.indexOf('=');
  if (sign < 1) throw new Error(`an answer is written step=file, and this is ${text}`);
  return [text.slice(0, sign), JSON.parse(await readFile(text.slice(sign + 1), 'utf8'))];
}
