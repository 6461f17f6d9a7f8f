// A producer's connection: opened when first needed and again when it was closed; knows whether it is up, and what was forbidden.
import { errors, type NatsConnection } from '@nats-io/nats-core';
import { type ConnectorContext, NotConnectedError } from '../../../engine/connector/index.ts';
import { closeConnection } from '../close.ts';
import { type NatsAccess, openConnection } from '../connect.ts';

export class Link {
  readonly #config: NatsAccess;
  readonly #context: ConnectorContext;
  readonly #forbidden = new Set<string>();
  /** Called when the connection is lost: what was sent is not answered any more. */
  onLost: () => void = () => undefined;
  /** Called with a subject that the server refuses to take. */
  onForbidden: (subject: string) => void = () => undefined;
  #opening: Promise<NatsConnection> | undefined;
  #isUp = false;

  constructor(config: NatsAccess, context: ConnectorContext) {
    this.#config = config;
    this.#context = context;
  }

  /** Throws as {@link openConnection} does, and NotConnectedError while the connection is lost: what is sent then waits unseen. */
  async connection(signal: AbortSignal): Promise<NatsConnection> {
    this.#opening ??= this.#open(signal);
    const opening = this.#opening;
    try {
      const connection = await opening;
      if (connection.isClosed()) throw new NotConnectedError('the connection was closed');
      if (!this.#isUp) throw new NotConnectedError('the connection is lost');
      return connection;
    } catch (error) {
      const connection = await opening.catch(() => undefined);
      if (this.#opening === opening && connection?.isClosed() !== false) this.#opening = undefined;
      throw error;
    }
  }

  /** Subjects that the server has refused to take since the last call. */
  takeForbidden(): ReadonlySet<string> {
    const forbidden = new Set(this.#forbidden);
    this.#forbidden.clear();
    return forbidden;
  }

  async close(): Promise<void> {
    const connection = await this.#opening?.catch(() => undefined);
    if (connection !== undefined) await closeConnection(connection);
  }

  async #open(signal: AbortSignal): Promise<NatsConnection> {
    const connection = await openConnection(this.#config, this.#context, signal);
    this.#isUp = true;
    void this.#follow(connection);
    return connection;
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      switch (status.type) {
        case 'disconnect':
        case 'staleConnection':
        case 'close':
          this.#isUp = false;
          this.onLost();
          break;
        case 'reconnect':
          this.#isUp = true;
          break;
        case 'error':
          if (status.error instanceof errors.PermissionViolationError) {
            this.#forbidden.add(status.error.subject);
            this.onForbidden(status.error.subject);
          }
          break;
      }
    }
  }
}
