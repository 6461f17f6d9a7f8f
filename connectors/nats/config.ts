// The configurations of the nats connector, as its schema describes them.

/** Where the servers are and how to be let in. */
export interface NatsAccess {
  readonly servers: string | readonly string[];
  readonly credentials?: string;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  readonly tls?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly rejectUnauthorized?: boolean;
  };
}

export interface NatsConsumerConfig extends NatsAccess {
  readonly name: string;
  readonly type: 'nats';
  readonly to?: string | readonly string[];
  readonly subject: string;
  readonly queue?: string;
  readonly stream?: string;
  readonly durable?: string;
  readonly deliver?: 'all' | 'new' | 'last';
  readonly ackWait?: string;
}

export interface NatsProducerConfig extends NatsAccess {
  readonly name: string;
  readonly type: 'nats';
  readonly subject: string;
  readonly jetstream?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}
