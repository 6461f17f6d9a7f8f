// What a message looked like when it came in and after every step, as panels to be shown side by side.
import type { CompiledFlow } from '../../compile/program.ts';
import type { Message } from '../../payload/message.ts';
import type { Payload } from '../../payload/payload.ts';
import { describeEnding } from '../describe-ending.ts';
import type { StepRecord } from '../simulation/observed-steps.ts';
import type { Ending, SimulatedInput, SimulationResult } from '../simulation/simulation.ts';

export interface Panel {
  readonly title: string;
  /** The type of the step or consumer. */
  readonly type: string;
  /** How long the step took; absent for what came in. */
  readonly ms?: number;
  /** The message behind it, laid out. */
  readonly lines: readonly string[];
  /** What else there is to say: where it went, why it did not go on. */
  readonly notes: readonly Note[];
}

export interface Note {
  readonly kind: 'plain' | 'bad';
  readonly text: string;
}

export interface Played {
  readonly panels: readonly Panel[];
  /** How the message, or what it became, left the flow. */
  readonly endings: readonly Note[];
}

/** Of a step that several messages came to, the first is shown. */
export function playedOf(flow: CompiledFlow, input: SimulatedInput, result: SimulationResult): Played {
  const byStep = Map.groupBy(result.steps, ({ step }) => step);
  const steps = [...byStep].map(([step, records]) => panelOf(flow, step, records));
  const refused = result.refused.map(({ error }): Note => ({ kind: 'bad', text: `not accepted: ${error}` }));
  const tries = result.failedTries.map(
    ({ node, attempt, error }): Note => ({ kind: 'bad', text: `try ${attempt} failed at ${node}: ${error}` }),
  );
  return {
    panels: [entrance(flow, input), ...steps],
    endings: [...refused, ...tries, ...result.endings.map(endingNote)],
  };
}

function entrance(flow: CompiledFlow, { at, payload, headers }: SimulatedInput): Panel {
  const consumer = flow.consumers.find(({ name }) => name === at);
  return {
    title: at,
    type: consumer?.type ?? typeOf(flow, at),
    lines: payloadLines(payload),
    notes: Object.entries(headers).map(([name, value]) => ({ kind: 'plain', text: `${name}: ${value}` })),
  };
}

function panelOf(flow: CompiledFlow, step: string, records: readonly StepRecord[]): Panel {
  const { ms, outcome, input } = records[0] as StepRecord;
  const several: Note[] =
    records.length === 1 ? [] : [{ kind: 'plain', text: `the first of ${records.length} messages` }];
  const base = { title: step, type: typeOf(flow, step), ms };
  switch (outcome.kind) {
    case 'pass':
      return {
        ...base,
        lines: payloadLines(outcome.message.payload),
        notes: [...changedHeaders(input, outcome.message), ...several],
      };
    case 'route': {
      const to: Note = {
        kind: 'plain',
        text: outcome.to.length === 0 ? 'to nowhere' : `→ ${outcome.to.join(', ')}`,
      };
      return { ...base, lines: payloadLines(outcome.message.payload), notes: [to, ...several] };
    }
    case 'drop':
      return {
        ...base,
        lines: [],
        notes: [{ kind: 'bad', text: `filtered: ${outcome.reason}` }, ...several],
      };
    case 'error':
      return { ...base, lines: [], notes: [{ kind: 'bad', text: outcome.error.message }, ...several] };
    case 'split': {
      const [first] = outcome.messages;
      const count: Note = { kind: 'plain', text: `1 of ${outcome.messages.length} messages it makes` };
      return {
        ...base,
        lines: first === undefined ? [] : payloadLines(first.payload),
        notes: [count, ...several],
      };
    }
  }
}

/** Headers that the step set. */
function changedHeaders(before: Message, after: Message): readonly Note[] {
  return Object.entries(after.headers)
    .filter(([name, value]) => before.headers[name] !== value)
    .map(([name, value]) => ({ kind: 'plain', text: `${name}: ${value}` }));
}

function endingNote(ending: Ending): Note {
  if (ending.kind !== 'delivered') return { kind: 'bad', text: describeEnding(ending) };
  const fields = [...ending.fields].map(([name, value]) => `${name} ${value}`);
  const text = `delivered to ${ending.producer}`;
  return { kind: 'plain', text: fields.length === 0 ? text : `${text}: ${fields.join(', ')}` };
}

function typeOf(flow: CompiledFlow, step: string): string {
  return flow.stages.find(({ nodes }) => Object.hasOwn(nodes, step))?.nodes[step]?.type ?? '';
}

/** JSON in several lines, texts as they are; of anything else how much there is. */
function payloadLines(payload: Payload): readonly string[] {
  try {
    const value = payload.value();
    if (value instanceof Uint8Array) return [`${value.byteLength} bytes of ${payload.contentType}`];
    const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? 'nothing');
    return text.trimEnd().split(/\r?\n/);
  } catch (error) {
    return [`${payload.contentType} that cannot be read: ${(error as Error).message}`];
  }
}
