// Every case by its name.
import type { TortureCase } from './case.ts';
import { engineFrozen, engineKilled, killedAfterAnswer, orderedKilled, rollingRestart } from './engine.ts';
import { leaderKilled, networkCut, serverFrozen, serverKilled } from './server.ts';
import { sinkDown, sinkFailing, streamFull } from './sink.ts';
import { deadRetried, sentAgain } from './twice.ts';

export const cases: Readonly<Record<string, TortureCase>> = {
  'engine-killed': engineKilled,
  'ordered-killed': orderedKilled,
  'engine-frozen': engineFrozen,
  'rolling-restart': rollingRestart,
  'killed-after-answer': killedAfterAnswer,
  'server-killed': serverKilled,
  'server-frozen': serverFrozen,
  'network-cut': networkCut,
  'leader-killed': leaderKilled,
  'sink-failing': sinkFailing,
  'sink-down': sinkDown,
  'stream-full': streamFull,
  'sent-again': sentAgain,
  'dead-retried': deadRetried,
};
