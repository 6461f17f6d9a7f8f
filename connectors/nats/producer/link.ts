// What one producer has of the connection that it shares.
import type { NatsConnection } from '@nats-io/nats-core';
import { type ConnectorContext, NotConnectedError } from '../../../engine/connector/index.ts';
import type { NatsAccess } from '../connect.ts';
import { enterConnection, type SharedConnection } from './shared-connection.ts';

const nothing = () => undefined;

/** To be closed, once made. */
export class Link {
  readonly #shared: SharedConnection;
  readonly #user = {
    lost: () => this.onLost(),
    forbidden: (subject: string) => this.onForbidden(subject),
  };
  #isClosed = false;
  /** Called when the connection is lost: what was sent is not answered any more. */
  onLost: () => void = nothing;
  /** Called with a subject that the server refuses to take, whoever sent it. */
  onForbidden: (subject: string) => void = nothing;

  constructor(config: NatsAccess, context: ConnectorContext) {
    this.#shared = enterConnection(config, context, this.#user);
  }

  /** Throws as {@link SharedConnection.get} does, and NotConnectedError once this is closed: others may still wait for the connection. */
  async connection(): Promise<NatsConnection> {
    const connection = await this.#shared.get();
    if (this.#isClosed) throw new NotConnectedError('the producer was closed while it was connecting');
    return connection;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#shared.leave(this.#user);
  }
}
