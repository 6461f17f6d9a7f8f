// The schedule connector behaves as every connector must.
import { type ConsumerSource, connectorConformance } from '../../engine/connector/conformance.ts';
import type { ScheduleConsumerConfig } from './config.gen.ts';
import { connector } from './connector.ts';

connectorConformance<ScheduleConsumerConfig, never>(connector, {
  consumer: {
    accepts: [
      { name: 'tick', type: 'schedule', every: '5m' },
      { name: 'tick', type: 'schedule', every: '1d', payload: { job: 'nightly' }, missed: 'all', to: 'next' },
      {
        name: 'tick',
        type: 'schedule',
        cron: '0 3 * * *',
        timezone: 'Europe/Oslo',
        payload: 'go',
        missed: 'skip',
      },
    ],
    rejects: {
      'no schedule': { name: 'tick', type: 'schedule' },
      'two schedules': { name: 'tick', type: 'schedule', every: '5m', cron: '* * * * *' },
      'an unknown way to treat missed times': {
        name: 'tick',
        type: 'schedule',
        every: '5m',
        missed: 'twice',
      },
      'an unknown field': { name: 'tick', type: 'schedule', every: '5m', interval: '5m' },
    },
    start: startTicks,
  },
});

/** Fires by itself. */
function startTicks(): Promise<ConsumerSource<ScheduleConsumerConfig>> {
  return Promise.resolve({
    config: { every: '15ms', missed: 'all' },
    ownText: true,
    offer: () => undefined,
    afterNack: 'forgets',
    close: () => Promise.resolve(),
  });
}
