// Opens the lookups of a flow's enrich steps when they are first asked, again after a failure, and closes them with the flow.
import type { Connector, ConnectorContext, Lookup } from '../connector/contract.ts';
import { PermanentError } from '../connector/errors.ts';
import type { JsonObject } from '../flow/graph.ts';
import { StepError, type StepLookup } from '../steps/contract.ts';

export interface FlowLookupsParts {
  readonly loadConnector: (type: string) => Promise<Connector>;
  readonly context: (name: string) => ConnectorContext;
}

export class FlowLookups {
  readonly #parts: FlowLookupsParts;
  readonly #open: Promise<Lookup>[] = [];

  constructor(parts: FlowLookupsParts) {
    this.#parts = parts;
  }

  /** For the step called `name`; `config` names the connector by its `type`, holes resolved. */
  of(name: string, config: JsonObject): StepLookup {
    const context = this.#parts.context(name);
    let opened: Promise<Lookup> | undefined;
    const open = (): Promise<Lookup> => {
      if (opened === undefined) {
        const opening = this.#openLookup(config, context);
        opening.catch(() => {
          opened = undefined;
        });
        opened = opening;
      }
      return opened;
    };
    return {
      key: (message) => asked(async () => (await open()).key(message)),
      find: (message) => asked(async () => (await open()).find(message, context.signal)),
    };
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#open.map(async (lookup) => (await lookup).close()));
  }

  async #openLookup({ type, ...config }: JsonObject, context: ConnectorContext): Promise<Lookup> {
    const connector = await this.#parts.loadConnector(String(type));
    if (connector.lookup === undefined) throw new PermanentError(`connector ${type} answers no questions`);
    const lookup = Promise.resolve(connector.lookup(config, context));
    this.#open.push(lookup);
    return lookup;
  }
}

/** Everything but a PermanentError may pass. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const retryable = !(error instanceof PermanentError);
    const message = `The lookup failed: ${(error as Error).message}`;
    throw new StepError('VRS8230', message, { cause: error, retryable });
  }
}
