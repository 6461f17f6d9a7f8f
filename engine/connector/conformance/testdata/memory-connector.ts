// A connector to an array in memory, good or with one flaw of choice; run by conformance.test.ts in a process of its own.
import { connectorConformance } from '../../conformance.ts';
import { type ConsumerContext, type Delivery, defineConnector, NotConnectedError, Payload, PermanentError, type WriteOutcome } from '../../index.ts';

const flaw = process.env['FLAW'] ?? 'none';
const secret = 'hush-hush';

interface Box {
  readonly texts: string[];
  readonly accepted: string[];
  readonly received: string[];
  readonly rejected: Set<string>;
  stalled: boolean;
  alive: boolean;
}

interface Config {
  readonly box: Box;
  readonly password: string;
}

function newBox(): Box {
  return { texts: [], accepted: [], received: [], rejected: new Set(), stalled: false, alive: true };
}

async function* consume({ box, password }: Config, context: ConsumerContext): AsyncGenerator<Delivery> {
  if (flaw === 'logs its secret') context.log('info', `connected with ${password}`);
  let next = typeof context.cursor === 'number' ? context.cursor : 0;
  if (flaw === 'forgets its cursor') next = 0;
  const again: number[] = [];
  while (flaw === 'ignores the abort' || !context.signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const index = again.shift() ?? (next < box.texts.length ? next++ : undefined);
    if (index === undefined) continue;
    const text = box.texts[index] ?? '';
    if (flaw === 'acknowledges early') box.accepted.push(text);
    yield {
      payload: Payload.ofBytes(Buffer.from(text)),
      cursor: index + 1,
      ack: () => void (flaw === 'acknowledges early' || box.accepted.push(text)),
      nack: () => void (flaw === 'drops what was not stored' || again.push(index)),
    };
  }
}

async function deliver({ box, password }: Config, text: string, signal: AbortSignal): Promise<WriteOutcome> {
  if (box.stalled && flaw !== 'lies about delivery') {
    await new Promise((resolve) => flaw === 'ignores the abort' || signal.addEventListener('abort', resolve, { once: true }));
  }
  if (flaw === 'lies about delivery') return { kind: 'delivered' };
  if (!box.alive || box.stalled) return { kind: 'retry', error: new NotConnectedError('not there') };
  if (box.rejected.has(text)) {
    const why = flaw === 'logs its secret' ? password : 'no';
    if (flaw === 'blames the whole batch') throw new PermanentError(why);
    return { kind: 'rejected', error: new PermanentError(why) };
  }
  box.received.push(text);
  return { kind: 'delivered' };
}

const connector = defineConnector<Config, Config>({
  id: 'memory',
  schema: { definitions: { consumer: { required: ['type'] }, producer: flaw === 'takes any configuration' ? {} : { required: ['type'] } } },
  capabilities: {},
  async check(_role, { box, password }) {
    if (!box.alive) throw new NotConnectedError('not there');
    if (password !== secret && flaw !== 'checks nothing') throw new PermanentError('wrong password');
  },
  consumer: consume,
  producer(config) {
    const leak = flaw === 'leaves something open' ? openSocket() : undefined;
    return {
      maxBatch: 10,
      write: (batch, signal) => Promise.all(batch.map((message) => deliver(config, Buffer.from(message.payload.bytes()).toString(), signal))),
      async close() {
        void leak;
      },
    };
  },
});

function openSocket(): unknown {
  return process.getBuiltinModule('node:net').createServer().listen(0);
}

const side = {
  accepts: [{ type: 'memory' }],
  rejects: { 'a missing type': {} },
  secrets: [secret],
  unreachable: { box: { ...newBox(), alive: false }, password: secret },
};

function peer(box: Box) {
  return {
    config: { box, password: secret },
    badCredential: { box, password: 'guess' },
    async kill() {
      box.alive = false;
    },
    async revive() {
      box.alive = true;
    },
    async close() {},
  };
}

connectorConformance(connector, {
  consumer: {
    ...side,
    async start() {
      const box = newBox();
      return { ...peer(box), offer: (text: string) => void box.texts.push(text), accepted: () => box.accepted, afterNack: 'offers-again' as const, resumes: true };
    },
  },
  producer: {
    ...side,
    async start() {
      const box = newBox();
      return {
        ...peer(box),
        received: () => box.received,
        reject: (text: string) => void box.rejected.add(text),
        stall() {
          box.stalled = true;
        },
      };
    },
  },
});
