// The http-poll connector: asks an HTTP API on a schedule and hands on what changed.
import { type ConnectorContext, defineConnector, PermanentError } from '../../engine/connector/index.ts';
import schema from '../../schemas/connectors/http-poll.schema.json' with { type: 'json' };
import type { HttpPollConfig } from './config.ts';
import { poll } from './consumer.ts';
import { openSource } from './fetch-source.ts';
import { compileItems } from './items.ts';
import { compileTimetable } from './timetable.ts';

export const connector = defineConnector<HttpPollConfig, never>({
  id: 'http-poll',
  schema,
  capabilities: { singleton: true },
  check: (role, config, context) => {
    if (role === 'producer') throw new PermanentError('http-poll has no producer');
    return checkSource(config, context);
  },
  consumer: poll,
});

/** Asks once and looks at the answer, without handing anything on. */
async function checkSource(config: HttpPollConfig, context: ConnectorContext): Promise<void> {
  compileTimetable(config);
  const select = compileItems(config, context);
  const source = openSource(config, context);
  try {
    const fetched = await source.fetch({ etag: undefined, modified: undefined }, context.signal);
    if (fetched.kind === 'content') await select(fetched.payload);
  } finally {
    await source.close();
  }
}
