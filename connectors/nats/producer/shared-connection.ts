// One connection for all producers of a worker that come to the same servers with the same credentials: fewer to keep, and what they send leaves together.
import { errors, type NatsConnection } from '@nats-io/nats-core';
import { type ConnectorContext, NotConnectedError } from '../../../engine/connector/index.ts';
import { closeConnection } from '../close.ts';
import { accessKey, type NatsAccess, openConnection } from '../connect.ts';

/** A producer that uses it. */
export interface ConnectionUser {
  /** The connection is lost: what was sent is not answered any more. */
  lost(): void;
  /** The server refuses to take a subject, whoever sent it. */
  forbidden(subject: string): void;
}

/** Opened when first needed and again when it was closed; knows whether it is up. */
export class SharedConnection {
  readonly #key: string;
  readonly #config: NatsAccess;
  readonly #context: ConnectorContext;
  readonly #users = new Set<ConnectionUser>();
  /** Nobody uses it any more. */
  readonly #left = new AbortController();
  #opening: Promise<NatsConnection> | undefined;
  #isUp = false;

  constructor(key: string, config: NatsAccess, context: ConnectorContext) {
    this.#key = key;
    this.#config = config;
    this.#context = context;
  }

  /** Throws as {@link openConnection} does, and NotConnectedError while the connection is lost: what is sent then waits unseen. */
  async get(): Promise<NatsConnection> {
    this.#opening ??= this.#open();
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

  enter(user: ConnectionUser): void {
    this.#users.add(user);
  }

  /** Closes it behind the last. */
  async leave(user: ConnectionUser): Promise<void> {
    this.#users.delete(user);
    if (this.#users.size > 0) return;
    if (connections.get(this.#key) === this) connections.delete(this.#key);
    this.#left.abort();
    const connection = await this.#opening?.catch(() => undefined);
    if (connection !== undefined) await closeConnection(connection);
  }

  async #open(): Promise<NatsConnection> {
    const connection = await openConnection(this.#config, this.#context, {
      name: 'vrsky producers',
      signal: this.#left.signal,
    });
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
          for (const user of this.#users) user.lost();
          break;
        case 'reconnect':
          this.#isUp = true;
          break;
        case 'error':
          if (status.error instanceof errors.PermissionViolationError)
            for (const user of this.#users) user.forbidden(status.error.subject);
          break;
      }
    }
  }
}

const connections = new Map<string, SharedConnection>();

/** The one for this access; the user leaves it when it is done. */
export function enterConnection(
  config: NatsAccess,
  context: ConnectorContext,
  user: ConnectionUser,
): SharedConnection {
  const key = accessKey(config, context);
  const connection = connections.get(key) ?? new SharedConnection(key, config, context);
  connections.set(key, connection);
  connection.enter(user);
  return connection;
}
