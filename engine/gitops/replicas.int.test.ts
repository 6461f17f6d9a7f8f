// Several replicas of one loop: one runs it, a nudge reaches whoever that is, and another takes over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nudge } from './nudges.ts';
import { manifest, setUpSource } from './test-source.ts';

test('one replica applies, a nudge through any of them is heard, and when it ends another goes on', async (t) => {
  const { repository, open, broker, programs, until } = await setUpSource(t);
  repository.publish({ 'flows/a.yaml': manifest('a', 'one') });
  const first = new AbortController();
  const second = new AbortController();
  t.after(() => second.abort());
  const running = open({}, 'flows', { replica: 'one' }).run(first.signal);
  await until('one flows applied');
  const waiting = open({}, 'flows', { replica: 'two' }).run(second.signal);
  repository.publish({ 'flows/a.yaml': manifest('a', 'two') });
  // The interval is an hour: nothing but the nudge brings this about.
  nudge(broker, 'flows');
  await until('one flows applied', 2);
  assert.deepEqual(await programs(), { a: 'two' });
  first.abort();
  await running;
  repository.publish({ 'flows/a.yaml': manifest('a', 'three') });
  await until('two flows applied');
  assert.deepEqual(await programs(), { a: 'three' });
  second.abort();
  await waiting;
});
