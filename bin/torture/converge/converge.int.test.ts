// A few seeds of the property; `npm run torture -- --case converge --seeds 1000` runs many.
import { test } from 'node:test';
import { withServer } from '../../../engine/devserver/test-server.ts';
import { connectTest } from '../../../engine/nats/test-broker.ts';
import { openOutsider } from '../../../engine/nats/test-outsider.ts';
import { converge } from './converge.ts';

const first = Number(process.env.VRSKY_SEED ?? 1);
const seeds = Number(process.env.VRSKY_SEEDS ?? 6);

test(`edits, meddling and crashes end at what was asked for (seeds ${first} to ${first + seeds - 1})`, async (t) => {
  const { url } = await withServer(t);
  const connected = await connectTest(t, url);
  const outsider = await openOutsider(url);
  t.after(() => outsider.close());
  const counts = { rounds: 0, crashes: 0, meddled: 0, applies: 0 };
  for (let seed = first; seed < first + seeds; seed++) {
    await converge(seed, { ...connected, outsider }, counts);
    await outsider.sweep();
  }
  t.diagnostic(JSON.stringify(counts));
});
