// vrsky send: hands a flow one message and waits for what became of it.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import type { TraceEvent } from '../../engine/runtime/trace.ts';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { narrate, paint, print } from '../cli/narrate.ts';
import { traceLine } from '../cli/trace-line.ts';
import { durationArgument } from '../cli/units.ts';

interface SendOptions extends ConnectionOptions {
  readonly file?: string;
  readonly consumer?: string;
  readonly type?: string;
  readonly key?: string;
  readonly header?: readonly string[];
  readonly timeout: number;
  readonly format: 'human' | 'json';
}

export function sendCommand(): Command {
  return withConnection(new Command('send'))
    .description(
      'Hand a flow one message, as if a consumer had accepted it, and wait for what becomes of it.',
    )
    .argument('<flow>', 'name of an applied flow')
    .option('-f, --file <file>', 'the payload; stdin when absent')
    .option('--consumer <name>', 'the consumer whose place it takes; the first when absent')
    .option('--type <content-type>', 'content type; by the file name, else application/json')
    .option('--key <key>', 'the message key')
    .option('--header <name:value...>', 'headers')
    .addOption(
      new Option('--timeout <duration>', 'how long to wait')
        .argParser(durationArgument)
        .default(30_000, '30s'),
    )
    .addOption(
      new Option('--format <format>', 'how to show events').choices(['human', 'json']).default('human'),
    )
    .addHelpText(
      'after',
      `\nExamples:\n  vrsky send invoices --file invoice.xml\n  echo '{"id":1}' | vrsky send orders`,
    )
    .action(send);
}

async function send(flowName: string, options: SendOptions): Promise<void> {
  const { findFlow } = await import('../../engine/runtime/deployed-flow.ts');
  const { sendAndFollow } = await import('../../engine/runtime/follow-message.ts');
  const connected = await openConnection(options, 'vrsky send');
  try {
    const { flow } = await findFlow(connected.broker, flowName);
    const ends: TraceEvent[] = [];
    const onEvent = (event: TraceEvent) => {
      ends.push(event);
      print(options.format === 'json' ? JSON.stringify(event) : traceLine(event));
    };
    const consumer = options.consumer === undefined ? {} : { consumer: options.consumer };
    const settled = await sendAndFollow(connected.broker, flow, await readMessage(flowName, options), {
      ...consumer,
      timeoutMs: options.timeout,
      onEvent,
    });
    if (!settled) {
      narrate('time is up: the message is stored and stays so; is a worker running? (vrsky status)');
      throw new ExitWith(exitCode.failed);
    }
    if (ends.some((event) => event.outcome.kind === 'dead')) throw new ExitWith(exitCode.failed);
  } finally {
    await connected.broker.close();
  }
}

const typesByEnding: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.xml': 'application/xml',
  '.csv': 'text/csv',
  '.ndjson': 'application/x-ndjson',
  '.txt': 'text/plain',
};

async function readMessage(flow: string, options: SendOptions) {
  const { Payload } = await import('../../engine/payload/payload.ts');
  const bytes = options.file === undefined ? await buffer(process.stdin) : await readGiven(options.file);
  const ending = /\.[^./]+$/.exec(options.file ?? '')?.[0] ?? '.json';
  const payload = Payload.ofBytes(bytes, options.type ?? typesByEnding[ending] ?? 'application/octet-stream');
  // Many may be sent in one moment, by processes that know nothing of each other.
  const id = `send-${Date.now().toString(36)}-${randomBytes(6).toString('base64url')}`;
  return {
    id,
    payload,
    headers: parseHeaders(options.header ?? []),
    key: options.key,
    acceptedAt: Date.now(),
    flow,
    attempt: 1,
  };
}

async function readGiven(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    narrate(`${paint('red', 'error')}: cannot read the payload: ${(error as Error).message}`);
    throw new ExitWith(exitCode.failed);
  }
}

function parseHeaders(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const colon = pair.indexOf(':');
      if (colon < 1) {
        narrate(`${paint('red', 'error')}: --header ${pair}: write name:value`);
        throw new ExitWith(exitCode.usage);
      }
      return [pair.slice(0, colon).trim().toLowerCase(), pair.slice(colon + 1).trim()];
    }),
  );
}
