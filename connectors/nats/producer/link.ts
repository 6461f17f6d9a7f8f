// What one producer knows of the connection that it shares: when it is lost, and what was forbidden.
import type { NatsConnection } from '@nats-io/nats-core';
import type { ConnectorContext } from '../../../engine/connector/index.ts';
import type { NatsAccess } from '../connect.ts';
import { enterConnection, type SharedConnection } from './shared-connection.ts';

export class Link {
  readonly #shared: SharedConnection;
  readonly #forbidden = new Set<string>();
  readonly #user = {
    lost: () => this.onLost(),
    forbidden: (subject: string) => {
      this.#forbidden.add(subject);
      this.onForbidden(subject);
    },
  };
  /** Called when the connection is lost: what was sent is not answered any more. */
  onLost: () => void = () => undefined;
  /** Called with a subject that the server refuses to take. */
  onForbidden: (subject: string) => void = () => undefined;

  constructor(config: NatsAccess, context: ConnectorContext) {
    this.#shared = enterConnection(config, context, this.#user);
  }

  /** Throws as {@link SharedConnection.get} does. */
  connection(): Promise<NatsConnection> {
    return this.#shared.get();
  }

  /** Subjects that the server has refused to take since the last call. */
  takeForbidden(): ReadonlySet<string> {
    const forbidden = new Set(this.#forbidden);
    this.#forbidden.clear();
    return forbidden;
  }

  close(): Promise<void> {
    return this.#shared.leave(this.#user);
  }
}
