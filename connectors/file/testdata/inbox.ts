// A directory with a consumer on it, for one test.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext as NodeTest } from 'node:test';
import {
  type ConsumerRun,
  eventually,
  runConsumer,
} from '../../../engine/connector/conformance.ts';
import type { Delivery, JsonValue } from '../../../engine/connector/index.ts';
import type { FileConsumerConfig } from '../config.gen.ts';
import { connector } from '../connector.ts';
import { type Clock, systemClock } from '../consumer/clock.ts';
import { consume } from '../consumer/consumer.ts';

type Settings = Omit<FileConsumerConfig, 'directory'>;

export interface TestInbox {
  readonly directory: string;
  /** Writes a file, and the folders above it. */
  put(name: string, content?: string | Uint8Array): string;
  exists(name: string): boolean;
  names(folder?: string): readonly string[];
  /** Starts a consumer, stopped at the end of the test at the latest. Settles at once unless told otherwise. */
  run(settings?: Settings, cursor?: JsonValue, clock?: Clock): ConsumerRun;
  /** Everything a finite consumer offers, each acknowledged before the next is asked for. */
  drain(settings?: Settings, cursor?: JsonValue): Promise<readonly Delivery[]>;
}

export async function createInbox(t: NodeTest): Promise<TestInbox> {
  const root = await mkdtemp(path.join(tmpdir(), 'vrsky-inbox-'));
  const directory = path.join(root, 'inbox');
  mkdirSync(directory);
  const runs: ConsumerRun[] = [];
  t.after(async () => {
    await Promise.allSettled(runs.map((run) => run.stop()));
    await rm(root, { recursive: true, force: true });
  });

  const run: TestInbox['run'] = (settings = {}, cursor = undefined, clock = systemClock) => {
    const config = { directory, ...(settings.marker === undefined ? { settle: '0ms' } : {}), ...settings };
    const timed = { ...connector, consumer: (own: FileConsumerConfig, context: never) => consume(own, context, clock) };
    const started = runConsumer(timed as typeof connector, config, { cursor, directory: root });
    runs.push(started);
    return started;
  };

  return {
    directory,
    run,
    put(name, content = name) {
      const file = path.join(directory, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    exists: (name) => existsSync(path.join(directory, name)),
    names: (folder = '.') =>
      existsSync(path.join(directory, folder)) ? readdirSync(path.join(directory, folder)).sort() : [],
    async drain(settings = {}, cursor = undefined) {
      const started = run({ ...settings, finite: true }, cursor);
      const deliveries: Delivery[] = [];
      try {
        for (;;) {
          const delivery = await started.next();
          await delivery.ack();
          deliveries.push(delivery);
        }
      } catch (error) {
        if (!/the consumer ended/.test((error as Error).message)) throw error;
      }
      return deliveries;
    },
  };
}

export function textOf(delivery: Delivery): string {
  return Buffer.from(delivery.payload.bytes()).toString();
}

/** Resolves when the file is there no more. */
export function gone(inbox: TestInbox, name: string): Promise<void> {
  return eventually(`${name} is taken away`, () => !inbox.exists(name));
}
