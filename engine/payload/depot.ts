// Where the payloads of a worker are: the stores by name, who holds what in them, and how much of it may be in memory.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { PayloadContent } from './content.ts';
import type { PayloadHolders } from './holders.ts';
import type { LinkIssuer } from './links/link-issuer.ts';
import { Payload } from './payload.ts';
import type { PayloadStore } from './payload-store.ts';
import type { PayloadReference } from './reference.ts';
import { Room } from './room.ts';
import { type ContentDescription, storeContent, verifiedContent } from './store-content.ts';

/** Loaded payloads in memory at once, over all flows of the worker. */
const loadedBytes = 128 * 1024 * 1024;
/** Payloads stored at once, over all flows of the worker. */
const uploads = 8;

/** The name of the engine's own store; no manifest can give it. */
export const engineStore = '_disk';

export class PayloadDepot {
  readonly holders: PayloadHolders;
  /** Room for payloads that are loaded as a whole. */
  readonly loaded = new Room(loadedBytes);
  readonly #uploads = new Room(uploads);
  readonly #stores: Map<string, PayloadStore>;
  readonly #opened = new Map<string, string>();
  /** Makes the links that this engine serves: they work once, which no store's own does. */
  issuer: LinkIssuer | undefined;

  constructor(stores: ReadonlyMap<string, PayloadStore>, holders: PayloadHolders) {
    this.#stores = new Map(stores);
    this.holders = holders;
  }

  get stores(): ReadonlyMap<string, PayloadStore> {
    return this.#stores;
  }

  /** Adds a store, in place of one of that name whose configuration was another. */
  use(name: string, configuration: string, open: () => PayloadStore): void {
    if (this.#opened.get(name) === configuration) return;
    this.#stores.set(name, open());
    this.#opened.set(name, configuration);
  }

  /** Stores content for messages that will be stored under the ids `holders`. */
  async store(
    description: ContentDescription,
    content: AsyncIterable<Uint8Array>,
    holders: readonly string[],
    signal: AbortSignal,
  ): Promise<PayloadReference> {
    const leave = await this.#uploads.enter();
    try {
      const reference = await storeContent(this.#store(description.store), description, content, signal);
      // Of most objects nothing has to be written down: the message that they are stored for is all that needs them.
      if (holders.length === 1) this.holders.lone.add(reference);
      else await this.holders.register(reference, holders);
      return reference;
    } finally {
      leave();
    }
  }

  /** The payload that a reference stands for; read from its store, and verified, each time somebody opens it. */
  payload(reference: PayloadReference): Payload {
    const content: PayloadContent = {
      size: reference.size,
      open: (signal) => this.#read(reference, signal),
    };
    return Payload.ofContent(content, reference.contentType, reference);
  }

  /**
   * A URL that the payload can be read from until it expires: by this engine, once, or by its store, as often as somebody asks. `holder`
   * keeps the object that long; `parent` is the message that is being delivered. Throws VRS8507 when whoever is asked for serves none.
   */
  async link(
    reference: PayloadReference,
    holder: string,
    until: number,
    {
      by = 'engine',
      parent,
    }: { readonly by?: 'engine' | 'store' | undefined; readonly parent?: string | undefined } = {},
  ): Promise<string> {
    await this.holders.resume(reference, holder, until, { parent });
    if (by === 'engine') return this.#issuer().issue({ reference, holder, until });
    const { contentType, key } = reference;
    const store = this.#store(reference.store);
    if (store.link !== undefined) return store.link(key, { expiresAtMs: until, contentType });
    throw new VrskyError('VRS8507', `the store ${reference.store} makes no links`, {
      retryable: true,
      help: 'Leave out `by: store`, and start the workers with --links and --links-url.',
    });
  }

  #issuer(): LinkIssuer {
    if (this.issuer !== undefined) return this.issuer;
    throw new VrskyError('VRS8507', 'this engine serves no links', {
      retryable: true,
      help: 'Start the workers with --links and --links-url; or write `link: { by: store }` for links of S3, Azure or Google, which work more than once.',
    });
  }

  /** A flow that stops in the middle has not failed for good, whatever the store makes of it. */
  async *#read(
    reference: PayloadReference,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* verifiedContent(this.#store(reference.store), reference, signal);
    } catch (error) {
      if (!signal.aborted || error instanceof VrskyError) throw error;
      throw new VrskyError('VRS8503', `stopped while reading payload ${reference.key}`, {
        retryable: true,
        cause: error,
      });
    }
  }

  #store(name: string): PayloadStore {
    const store = this.#stores.get(name);
    if (store === undefined) {
      throw new VrskyError('VRS8503', `this engine has no payload store called ${name}`, { retryable: true });
    }
    return store;
  }
}
