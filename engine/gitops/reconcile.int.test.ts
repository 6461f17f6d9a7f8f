// The loop over real git and a real server: what is applied, what is refused, and what runs on meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifest, never, setUpSource } from './test-source.ts';

test('a commit is applied, the next changes it, a revert brings back what was, and nothing is done twice', async (t) => {
  const { repository, open, programs, conditions, told } = await setUpSource(t);
  repository.publish({ 'flows/a.yaml': manifest('a'), 'flows/b.yaml': manifest('b') });
  const source = open();
  const first = await source.once(never);
  assert.equal(first.problem, undefined);
  assert.deepEqual(await programs(), { a: 'hello', b: 'hello' });
  assert.deepEqual(await conditions(), {
    Ready: 'True Succeeded',
    Reconciling: 'False Settled',
    Stalled: 'False Progressing',
    SourceVerified: 'Unknown NotAsked',
    Applied: 'True Applied',
    Healthy: 'Unknown NoWorkers',
    DriftDetected: 'False InSync',
    Suspended: 'False Active',
  });
  told.length = 0;
  assert.equal((await source.once(never)).changes, 0);
  assert.deepEqual(told, []);
  repository.publish({ 'flows/a.yaml': manifest('a', 'changed') });
  await source.once(never);
  assert.deepEqual(await programs(), { a: 'changed', b: 'hello' });
  repository.git('revert', '--no-edit', 'HEAD');
  repository.push();
  await source.once(never);
  assert.deepEqual(await programs(), { a: 'hello', b: 'hello' });
  assert.deepEqual(told, [
    'flows Reconciling=True NewRevision',
    'flows Reconciling=False Settled',
    'flows applied',
    'flows Reconciling=True NewRevision',
    'flows Reconciling=False Settled',
    'flows applied',
  ]);
});

test('a flow that is gone from git goes from the cluster, unless pruning is off', async (t) => {
  const { repository, open, programs } = await setUpSource(t);
  repository.publish({ 'flows/a.yaml': manifest('a'), 'flows/b.yaml': manifest('b') });
  await open().once(never);
  repository.git('rm', '--quiet', 'flows/b.yaml');
  repository.publish({});
  await open({ prune: false }).once(never);
  assert.deepEqual(Object.keys(await programs()), ['a', 'b']);
  await open().once(never);
  assert.deepEqual(Object.keys(await programs()), ['a']);
});

test('a bad revision is terminal and says where; the last good program runs on, and the next good one is applied', async (t) => {
  const { repository, open, programs, conditions } = await setUpSource(t);
  repository.publish({ 'flows/a.yaml': manifest('a') });
  await open().once(never);
  repository.publish({ 'flows/a.yaml': manifest('a', 'bad').replace('type: set', 'type: sett') });
  const pass = await open().once(never);
  assert.equal(pass.outcome, 'terminal');
  assert.equal(pass.problem?.code, 'VRS7020');
  assert.match(pass.problem?.message ?? '', /^main@[0-9a-f]{12} has .*flows\/a\.yaml:8:\d+ VRS2007/);
  assert.deepEqual(await programs(), { a: 'hello' });
  const now = await conditions();
  assert.deepEqual(
    [now.Ready, now.Stalled, now.Applied],
    ['False BuildFailed', 'True BuildFailed', 'False BuildFailed'],
  );
  repository.publish({ 'flows/a.yaml': manifest('a', 'good') });
  await open().once(never);
  assert.deepEqual(await programs(), { a: 'good' });
  assert.equal((await conditions()).Stalled, 'False Progressing');
});

test('an empty folder and a mass delete are refused; so is a folder that is gone', async (t) => {
  const { repository, open, programs } = await setUpSource(t);
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  repository.publish(Object.fromEntries(names.map((name) => [`flows/${name}.yaml`, manifest(name)])));
  await open().once(never);
  repository.git('rm', '--quiet', ...names.slice(1).map((name) => `flows/${name}.yaml`));
  repository.publish({ 'flows/notes.md': '#' });
  const most = await open().once(never);
  assert.deepEqual([most.outcome, most.problem?.code], ['terminal', 'VRS7024']);
  assert.match(most.problem?.message ?? '', /^VRS6007 /);
  repository.git('rm', '--quiet', 'flows/a.yaml');
  repository.publish({});
  assert.match((await open().once(never)).problem?.message ?? '', /^VRS6007 /);
  repository.git('rm', '--quiet', 'flows/notes.md');
  repository.publish({ 'README.md': '#' });
  assert.equal((await open().once(never)).problem?.code, 'VRS7009');
  assert.deepEqual(Object.keys(await programs()), names);
});

test('a forced push is refused by every replica, until what was there descends again', async (t) => {
  const { repository, open, programs, conditions } = await setUpSource(t);
  repository.publish({ 'flows/a.yaml': manifest('a', 'one') });
  const accepted = repository.publish({ 'flows/a.yaml': manifest('a', 'two') });
  await open().once(never);
  repository.git('reset', '--quiet', '--hard', 'HEAD~1');
  repository.write('flows/a.yaml', manifest('a', 'forced'));
  repository.commit('Forced');
  repository.push('--force', 'origin', 'main');
  const pass = await open({}, 'flows', { replica: '2' }).once(never);
  assert.deepEqual([pass.outcome, pass.problem?.code], ['terminal', 'VRS7006']);
  assert.deepEqual(await programs(), { a: 'two' });
  assert.equal((await conditions()).Stalled, 'True FetchFailed');
  repository.git('reset', '--quiet', '--hard', accepted);
  repository.write('flows/a.yaml', manifest('a', 'three'));
  repository.commit('On top of what was accepted');
  repository.push('--force', 'origin', 'main');
  await open({}, 'flows', { replica: '2' }).once(never);
  assert.deepEqual(await programs(), { a: 'three' });
});

test('two sources that want one flow are refused, and both are named', async (t) => {
  const { repository, open } = await setUpSource(t);
  repository.publish({
    'one/a.yaml': manifest('a'),
    'two/a.yaml': manifest('a', 'other'),
    'two/b.yaml': manifest('b'),
  });
  await open({ path: 'one' }, 'team-one').once(never);
  const pass = await open({ path: 'two' }, 'team-two').once(never);
  assert.equal(pass.outcome, 'terminal');
  assert.match(pass.problem?.message ?? '', /^VRS6005 .*team-one/);
  assert.match(pass.problem?.message ?? '', /team-two/);
  const taken = await open({ path: 'two', takeOver: ['team-one'] }, 'team-two').once(never);
  assert.equal(taken.problem, undefined);
});

test('an environment is laid over what git has', async (t) => {
  const { repository, open, programs } = await setUpSource(t);
  const environment =
    'apiVersion: vrsky.io/v1\nkind: Environment\nmetadata: { name: prod }\nspec: { values: { text: production } }\n';
  repository.publish({
    'flows/a.yaml': manifest('a', '${var:text:-laptop}'),
    'flows/environments.yaml': environment,
  });
  await open({ env: 'prod' }).once(never);
  assert.deepEqual(await programs(), { a: 'production' });
});

test('a suspended source does nothing and keeps its conditions; resumed it goes on', async (t) => {
  const { repository, open, programs, conditions, deployment } = await setUpSource(t);
  repository.publish({ 'flows/a.yaml': manifest('a') });
  await open().once(never);
  await deployment.suspend({ kind: 'source', name: 'flows' }, { by: 'ada', reason: 'maintenance' });
  repository.publish({ 'flows/a.yaml': manifest('a', 'later') });
  const pass = await open().once(never);
  assert.equal(pass.suspended, 'maintenance, by ada');
  assert.deepEqual(await programs(), { a: 'hello' });
  const now = await conditions();
  assert.deepEqual([now.Suspended, now.Ready], ['True Suspended', 'True Succeeded']);
  await deployment.resume({ kind: 'source', name: 'flows' });
  await open().once(never);
  assert.deepEqual(await programs(), { a: 'later' });
  assert.equal((await conditions()).Suspended, 'False Active');
});

test('what may pass is retried, what needs a commit waits for one', async (t) => {
  const { repository, open, conditions } = await setUpSource(t);
  const gone = await open({ url: `file://${repository.folder}/none.git` }).once(never);
  assert.deepEqual([gone.outcome, gone.problem?.code], ['retry', 'VRS7004']);
  const now = await conditions();
  assert.deepEqual([now.Reconciling, now.Stalled], ['True Retrying', 'False Progressing']);
  repository.publish({ 'flows/a.yaml': manifest('a') });
  assert.equal((await open({ ref: 'prod' }).once(never)).outcome, 'terminal');
});
