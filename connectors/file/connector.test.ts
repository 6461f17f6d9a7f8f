// The file connector behaves as every connector must.
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type ConnectorFixture,
  type ConsumerSource,
  connectorConformance,
  type ProducerSink,
} from '../../engine/connector/conformance.ts';
import type { FileConsumerConfig, FileProducerConfig } from './config.gen.ts';
import { connector } from './connector.ts';

const fixture = (
  consumer: (root: string) => FileConsumerConfig,
): ConnectorFixture<FileConsumerConfig, FileProducerConfig> => ({
  consumer: {
    accepts: [
      { name: 'in', type: 'file', directory: './inbox' },
      {
        name: 'in',
        type: 'file',
        directory: './inbox',
        pattern: '**/*.xml',
        recursive: true,
        after: 'move',
        moveTo: '../archive',
        settle: '2s',
        maxSize: '2MiB',
        contentType: 'application/xml',
        finite: true,
        to: 'next',
      },
      {
        name: 'in',
        type: 'file',
        directory: './inbox',
        records: 'csv',
        csv: { delimiter: ';' },
        after: 'keep',
        marker: '.done',
      },
    ],
    rejects: {
      'a missing directory': { name: 'in', type: 'file' },
      'an unknown after': { name: 'in', type: 'file', directory: 'a', after: 'burn' },
      'an unknown record format': { name: 'in', type: 'file', directory: 'a', records: 'xml' },
      'a marker and a settle time': {
        name: 'in',
        type: 'file',
        directory: 'a',
        marker: '.ok',
        settle: '1s',
      },
      'a marker in another folder': { name: 'in', type: 'file', directory: 'a', marker: '/ok' },
      'an unknown field': { name: 'in', type: 'file', directory: 'a', folder: 'b' },
    },
    unreachable: { directory: '/nowhere/at/all' },
    start: () => startInbox(consumer),
  },
  producer: {
    accepts: [
      { name: 'out', type: 'file', path: './out/{{ id }}.json' },
      {
        name: 'out',
        type: 'file',
        directory: './out',
        path: 'all.ndjson',
        mode: 'append',
        newline: false,
        sync: false,
      },
    ],
    rejects: {
      'a missing path': { name: 'out', type: 'file' },
      'an unknown mode': { name: 'out', type: 'file', path: 'a', mode: 'prepend' },
      'an unknown field': { name: 'out', type: 'file', path: 'a', file: 'b' },
    },
    start: startFolder,
  },
});

async function temporaryFolder(): Promise<string> {
  return mkdtemp(path.join(tmpdir(), 'vrsky-file-'));
}

/** A folder that somebody puts files into. */
async function startInbox(
  config: (root: string) => FileConsumerConfig,
): Promise<ConsumerSource<FileConsumerConfig>> {
  const root = await temporaryFolder();
  const inbox = path.join(root, 'inbox');
  const away = path.join(root, 'away');
  mkdirSync(inbox);
  let count = 0;
  const settings = config(root);
  return {
    config: settings,
    offer(text) {
      const name = `${String(++count).padStart(3, '0')}.json`;
      writeFileSync(path.join(inbox, name), text);
    },
    ...(settings.after === 'keep'
      ? { resumes: true }
      : { accepted: () => taken(path.join(inbox, '.done'), inbox, count) }),
    afterNack: 'offers-again',
    async kill() {
      renameSync(inbox, away);
    },
    async revive() {
      renameSync(away, inbox);
    },
    close: () => rm(root, { recursive: true }),
  };
}

/** What was moved away or deleted. */
function taken(done: string, inbox: string, count: number): readonly string[] {
  const left = readdirSync(inbox).filter((name) => name.endsWith('.json'));
  const gone = count - left.length;
  const moved = statSync(done, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(done);
  return moved.length > 0 ? moved : new Array(gone).fill('deleted');
}

/** A folder that files are written to, each with one message. */
async function startFolder(): Promise<ProducerSink<FileProducerConfig>> {
  const root = await temporaryFolder();
  const out = path.join(root, 'out');
  return {
    config: { directory: out, path: '{{ $id }}.txt' },
    received: () =>
      readdirSync(out)
        .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
        .map((name) => readFileSync(path.join(out, name), 'utf8')),
    close: () => rm(root, { recursive: true }),
  };
}

connectorConformance(
  connector,
  fixture((root) => ({ directory: path.join(root, 'inbox'), settle: '5ms' })),
);
const { consumer } = fixture((root) => ({
  directory: path.join(root, 'inbox'),
  settle: '5ms',
  after: 'keep',
}));
if (consumer !== undefined) connectorConformance(connector, { consumer });
