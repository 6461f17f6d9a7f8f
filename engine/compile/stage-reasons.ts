// Says in words why a stage begins where it does.
import type { StageReason } from './program.ts';

export const stageReasons: Readonly<Record<StageReason, string>> = {
  ingress: 'accepted messages are stored here',
  split: 'every part of a split is stored on its own',
  'fan-out': 'a message can reach several producers, each retries on its own',
  durable: '`durable: true`',
  wait: 'messages wait in front of it',
  aggregate: 'what an aggregate completes is stored before its members are settled',
};
