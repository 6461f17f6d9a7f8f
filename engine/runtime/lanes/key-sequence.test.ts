import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeySequence } from './key-sequence.ts';

test('tasks of one key wait for each other, those of another do not', () => {
  const sequence = new KeySequence();
  const log: string[] = [];
  let finishFirst: (() => void) | undefined;
  sequence.run('a', (done) => {
    log.push('a1');
    finishFirst = done;
  });
  sequence.run('a', (done) => {
    log.push('a2');
    done();
  });
  sequence.run('b', (done) => {
    log.push('b1');
    done();
  });
  assert.deepEqual(log, ['a1', 'b1']);
  finishFirst?.();
  assert.deepEqual(log, ['a1', 'b1', 'a2']);
  assert.equal(sequence.size, 0);
});

test('a hundred thousand tasks that are done at once do not use up the stack', () => {
  const sequence = new KeySequence();
  let release: (() => void) | undefined;
  let ran = 0;
  sequence.run('a', (done) => {
    release = done;
  });
  for (let n = 0; n < 100_000; n++) {
    sequence.run('a', (done) => {
      ran++;
      done();
    });
  }
  release?.();
  assert.equal(ran, 100_000);
});
