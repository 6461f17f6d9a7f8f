// Writes numbered messages until somebody kills it; says the number of each that is delivered.
import { setImmediate as turn } from 'node:timers/promises';
import { createTestContext, testMessage } from '../../../engine/connector/conformance.ts';
import { Payload } from '../../../engine/connector/index.ts';
import type { FileProducerConfig } from '../config.gen.ts';
import { connector } from '../connector.ts';

const [settings = '{}', first = '0', size = '1000'] = process.argv.slice(2);
const producer = await connector.producer?.(JSON.parse(settings) as FileProducerConfig, createTestContext());
if (producer === undefined) throw new Error('no producer');

for (let number = Number(first); ; ) {
  const batch = Array.from({ length: 20 }, () => {
    const value = { number: number++, filler: 'x'.repeat(Number(size)) };
    return testMessage('', { id: String(value.number), payload: Payload.ofValue(value) });
  });
  const outcomes = await producer.write(batch, AbortSignal.timeout(60_000));
  const delivered = batch.filter((_, index) => outcomes[index]?.kind === 'delivered');
  process.stdout.write(delivered.map(({ id }) => `${id}\n`).join(''));
  await turn();
}
