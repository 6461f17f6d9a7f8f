// Opens a producer, again and again until it succeeds: its stage pulls nothing meanwhile.
import type { ConnectorContext, JsonObject, Producer } from '../connector/contract.ts';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { FlowFailures } from './flow-failures.ts';
import { pause } from './pause.ts';
import type { RuntimeParts } from './runtime-parts.ts';

const retry = { initialMs: 500, maxMs: 30_000 };

interface Opening {
  readonly node: { readonly name: string; readonly type: string; readonly config: JsonObject };
  readonly context: ConnectorContext;
  readonly loadConnector: RuntimeParts['loadConnector'];
  readonly failures: FlowFailures;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/** Undefined when the flow stops first. */
export async function openProducer(opening: Opening): Promise<Producer | undefined> {
  const { node, context, loadConnector, failures, signal } = opening;
  for (let tries = 0; !signal.aborted; tries++) {
    try {
      const connector = await loadConnector(node.type);
      if (connector.producer === undefined)
        throw new VrskyError('VRS8003', `connector ${node.type} has no producer`);
      const producer = await connector.producer(node.config, context);
      failures.works(node.name);
      return producer;
    } catch (error) {
      failures.failed(node.name, error);
      const delayMs = Math.min(retry.maxMs, retry.initialMs * 2 ** tries);
      const reason = (error as Error).message;
      context.log('error', `cannot open the producer: ${reason}; trying again in ${delayMs / 1000} s`);
      await pause(delayMs, signal);
    }
  }
  return undefined;
}
