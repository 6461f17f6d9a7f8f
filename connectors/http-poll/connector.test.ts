// The http-poll connector behaves as every connector must.
import {
  type ConnectorFixture,
  type ConsumerSource,
  connectorConformance,
} from '../../engine/connector/conformance.ts';
import type { HttpPollConfig } from './config.ts';
import { connector } from './connector.ts';
import { startApi } from './testdata/api.ts';

const token = 'top-s3cret-token';

const fixture: ConnectorFixture<HttpPollConfig, never> = {
  consumer: {
    accepts: [
      { name: 'in', type: 'http-poll', url: 'https://api.example.com/', every: '5m' },
      {
        name: 'in',
        type: 'http-poll',
        url: 'https://a/',
        cron: '*/5 * * * *',
        timezone: 'Europe/Oslo',
        runAtStart: false,
      },
      {
        name: 'in',
        type: 'http-poll',
        url: 'https://a/',
        every: '5m',
        items: 'data',
        id: 'sku',
        emit: 'all',
        once: true,
        to: 'next',
      },
      {
        name: 'in',
        type: 'http-poll',
        url: 'https://a/',
        every: '5m',
        method: 'POST',
        body: '{}',
        headers: { accept: '*/*' },
      },
      {
        name: 'in',
        type: 'http-poll',
        url: 'https://a/',
        every: '5m',
        auth: { type: 'bearer', token: 't' },
        tls: { ca: 'a' },
      },
      {
        name: 'in',
        type: 'http-poll',
        url: 'https://a/',
        every: '5m',
        timeout: '5s',
        maxSize: '1MiB',
        redirects: 0,
        allowPrivate: true,
      },
    ],
    rejects: {
      'a missing url': { name: 'in', type: 'http-poll', every: '5m' },
      'no schedule': { name: 'in', type: 'http-poll', url: 'https://a/' },
      'two schedules': { name: 'in', type: 'http-poll', url: 'https://a/', every: '5m', cron: '* * * * *' },
      'an unknown emit': { name: 'in', type: 'http-poll', url: 'https://a/', every: '5m', emit: 'some' },
      'an unknown kind of auth': {
        name: 'in',
        type: 'http-poll',
        url: 'https://a/',
        every: '5m',
        auth: { type: 'digest' },
      },
      'an unknown field': { name: 'in', type: 'http-poll', url: 'https://a/', every: '5m', interval: '5m' },
    },
    secrets: [token],
    unreachable: { url: 'http://127.0.0.1:1/', every: '10ms', auth: { type: 'bearer', token } },
    start: startSource,
  },
};

/** An API whose list grows. */
async function startSource(): Promise<ConsumerSource<HttpPollConfig>> {
  const items: unknown[] = [];
  const api = await startApi(items, token);
  const config: HttpPollConfig = { url: api.url, every: '10ms', items: '$', auth: { type: 'bearer', token } };
  return {
    config,
    badCredential: { ...config, auth: { type: 'bearer', token: 'wrong' } },
    offer(text) {
      items.push(JSON.parse(text));
    },
    afterNack: 'offers-again',
    resumes: true,
    kill: api.kill,
    revive: api.revive,
    close: api.close,
  };
}

connectorConformance(connector, fixture);
