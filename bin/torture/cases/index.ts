// Every case by its name.
import type { TortureCase } from './case.ts';
import { diskFull } from './disk.ts';
import {
  engineFrozen,
  engineKilled,
  enginesComeAndGo,
  killedAfterAnswer,
  orderedKilled,
  rollingRestart,
  stuckStopped,
} from './engine.ts';
import { poisoned } from './poison.ts';
import { revisions } from './revisions.ts';
import { clockJumps, scheduleKilled } from './schedule.ts';
import { leaderKilled, networkCut, serverFrozen, serverKilled } from './server.ts';
import { sinkDown, sinkFailing, sinkSlow, streamFull } from './sink.ts';
import { aggregateKilled, deadRetried, sentAgain } from './twice.ts';

export const cases: Readonly<Record<string, TortureCase>> = {
  'engine-killed': engineKilled,
  'ordered-killed': orderedKilled,
  'aggregate-killed': aggregateKilled,
  'schedule-killed': scheduleKilled,
  'engine-frozen': engineFrozen,
  'rolling-restart': rollingRestart,
  'engines-come-and-go': enginesComeAndGo,
  'stuck-stopped': stuckStopped,
  'killed-after-answer': killedAfterAnswer,
  'server-killed': serverKilled,
  'server-frozen': serverFrozen,
  'network-cut': networkCut,
  'leader-killed': leaderKilled,
  'disk-full': diskFull,
  'stream-full': streamFull,
  'sink-failing': sinkFailing,
  'sink-slow': sinkSlow,
  'sink-down': sinkDown,
  revisions,
  poison: poisoned,
  'dead-retried': deadRetried,
  'sent-again': sentAgain,
  'clock-jumps': clockJumps,
};
