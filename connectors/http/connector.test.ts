// The http connector behaves as every connector must.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type ConnectorFixture,
  type ConsumerSource,
  connectorConformance,
  eventually,
  type ProducerSink,
} from '../../engine/connector/conformance.ts';
import { testPort } from '../../engine/devserver/test-port.ts';
import type { HttpConsumerConfig, HttpProducerConfig } from './config.ts';
import { connector } from './connector.ts';

const token = 'top-s3cret-token';

const fixture: ConnectorFixture<HttpConsumerConfig, HttpProducerConfig> = {
  consumer: {
    accepts: [
      { name: 'in', type: 'http', path: '/hook' },
      {
        name: 'in',
        type: 'http',
        path: '/hook',
        port: 8081,
        host: '0.0.0.0',
        methods: ['POST', 'PUT'],
        to: 'next',
      },
      {
        name: 'in',
        type: 'http',
        path: '/hook',
        port: '8081',
        maxSize: '25MiB',
        contentTypes: ['text/*'],
        headers: [],
        id: 'x-id',
      },
      { name: 'in', type: 'http', path: '/hook', auth: { type: 'bearer', token: ['a', 'b'] } },
      { name: 'in', type: 'http', path: '/hook', auth: { type: 'basic', username: 'u', password: 'p' } },
      {
        name: 'in',
        type: 'http',
        path: '/hook',
        auth: { type: 'hmac', header: 'x', secret: 's', algorithm: 'sha1', encoding: 'base64', prefix: 'a' },
      },
      {
        name: 'in',
        type: 'http',
        path: '/hook',
        auth: { type: 'standard-webhooks', secret: ['s'], tolerance: '1m' },
      },
      {
        name: 'in',
        type: 'http',
        path: '/hook',
        tls: { cert: 'a', key: 'b', ca: 'c' },
        maxInFlight: 5,
        requestTimeout: '5s',
      },
    ],
    rejects: {
      'a missing path': { name: 'in', type: 'http' },
      'a path without a slash': { name: 'in', type: 'http', path: 'hook' },
      'a path with a query': { name: 'in', type: 'http', path: '/hook?a=b' },
      'an unknown method': { name: 'in', type: 'http', path: '/hook', methods: ['BREW'] },
      'an unknown kind of auth': { name: 'in', type: 'http', path: '/hook', auth: { type: 'ntlm' } },
      "a field of another kind's auth": {
        name: 'in',
        type: 'http',
        path: '/hook',
        auth: { type: 'bearer', token: 't', password: 'p' },
      },
      'a port out of range': { name: 'in', type: 'http', path: '/hook', port: 70_000 },
      'TLS without a key': { name: 'in', type: 'http', path: '/hook', tls: { cert: 'a' } },
      'an unknown field': { name: 'in', type: 'http', path: '/hook', pfad: '/x' },
    },
    secrets: [token],
    start: startCaller,
  },
  producer: {
    accepts: [
      { name: 'out', type: 'http', url: 'https://api.example.com/{{ id }}' },
      {
        name: 'out',
        type: 'http',
        url: 'https://a/',
        method: 'PUT',
        headers: { 'x-a': '{{ b }}' },
        body: '{{ c }}',
        timeout: '5s',
      },
      {
        name: 'out',
        type: 'http',
        url: 'https://a/',
        auth: { type: 'header', name: 'x-api-key', value: 'k' },
        success: [409],
        retry: [401],
      },
      {
        name: 'out',
        type: 'http',
        url: 'https://a/',
        auth: { type: 'hmac', header: 'x', secret: 's' },
        idempotencyHeader: false,
      },
      {
        name: 'out',
        type: 'http',
        url: '{{ u }}',
        allowHosts: ['a'],
        allowPrivate: true,
        redirects: 3,
        encodeUrl: false,
        maxConcurrency: 1,
      },
      {
        name: 'out',
        type: 'http',
        url: 'https://a/',
        tls: { ca: 'a', cert: 'b', key: 'c', rejectUnauthorized: false, servername: 'd' },
      },
    ],
    rejects: {
      'a missing url': { name: 'out', type: 'http' },
      'an unknown method': { name: 'out', type: 'http', url: 'https://a/', method: 'FETCH' },
      'a header name with a space': { name: 'out', type: 'http', url: 'https://a/', headers: { 'x a': 'b' } },
      'a success that is none': { name: 'out', type: 'http', url: 'https://a/', success: [200] },
      'a certificate without its key': { name: 'out', type: 'http', url: 'https://a/', tls: { cert: 'a' } },
      'too many redirects': { name: 'out', type: 'http', url: 'https://a/', redirects: 100 },
      'an unknown field': { name: 'out', type: 'http', url: 'https://a/', uri: 'x' },
    },
    secrets: [token],
    unreachable: { url: 'http://127.0.0.1:1/', auth: { type: 'bearer', token } },
    start: startServer,
  },
};

/** Somebody who calls the webhook and looks at the answers. */
async function startCaller(): Promise<ConsumerSource<HttpConsumerConfig>> {
  const port = await testPort();
  const accepted: string[] = [];
  const refused: string[] = [];
  const calls: Promise<void>[] = [];
  const gone = new AbortController();

  async function call(text: string): Promise<void> {
    const headers = { authorization: `Bearer ${token}` };
    await eventually('the consumer listens', async () => {
      const response = await fetch(`http://127.0.0.1:${port}/hook`, {
        method: 'POST',
        body: text,
        headers,
        signal: gone.signal,
      }).catch(() => undefined);
      if (response !== undefined) (response.status === 202 ? accepted : refused).push(text);
      return response !== undefined || gone.signal.aborted;
    });
  }

  return {
    config: { path: '/hook', port, auth: { type: 'bearer', token } },
    offer(text) {
      calls.push(call(text));
    },
    accepted: () => accepted,
    refused: () => refused,
    afterNack: 'is-told',
    async close() {
      gone.abort();
      await Promise.all(calls);
    },
  };
}

/** A server that keeps what it is sent. */
async function startServer(): Promise<ProducerSink<HttpProducerConfig>> {
  const received: string[] = [];
  const rejected = new Set<string>();
  let stalled = false;
  let server = await listen(0);
  const { port } = server.address() as AddressInfo;

  async function listen(onPort: number): Promise<Server> {
    const created = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      if (stalled) return;
      if (request.headers.authorization !== `Bearer ${token}`) {
        response.writeHead(401).end();
      } else if (rejected.has(body)) {
        response.writeHead(422).end(`not with ${request.headers.authorization}`);
      } else {
        if (request.method === 'POST') received.push(body);
        response.end();
      }
    }).listen(onPort, '127.0.0.1');
    await new Promise((resolve) => created.once('listening', resolve));
    return created;
  }

  async function kill(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  const url = `http://127.0.0.1:${port}/in`;
  return {
    config: { url, auth: { type: 'bearer', token } },
    badCredential: { url, auth: { type: 'bearer', token: 'wrong' } },
    received: () => received,
    reject: (text) => rejected.add(text),
    stall() {
      stalled = true;
    },
    kill,
    async revive() {
      server = await listen(port);
    },
    close: async () => {
      if (server.listening) await kill();
    },
  };
}

connectorConformance(connector, fixture);
