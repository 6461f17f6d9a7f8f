// The schedule connector: messages at set times, on one worker at a time.
import { defineConnector, PermanentError } from '../../engine/connector/index.ts';
import schema from '../../schemas/connectors/schedule.schema.json' with { type: 'json' };
import type { ScheduleConsumerConfig } from './config.gen.ts';
import { schedule } from './consumer.ts';
import { compileTimetable } from './timetable.ts';

export const connector = defineConnector<ScheduleConsumerConfig, never>({
  id: 'schedule',
  schema,
  capabilities: { singleton: true },
  check: async (role, config) => {
    if (role === 'producer') throw new PermanentError('schedule has no producer');
    compileTimetable(config);
  },
  consumer: (config, context) => schedule(config, context),
});
