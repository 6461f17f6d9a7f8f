// What the manifest says about a schedule consumer; the schema is schemas/connectors/schedule.schema.json.
import type { JsonValue } from '../../engine/connector/index.ts';

export interface ScheduleConfig {
  readonly cron?: string;
  readonly timezone?: string;
  readonly every?: string;
  readonly payload?: JsonValue;
  /** What follows when times passed while nothing ran: none of them, the last one, or each. */
  readonly missed?: 'skip' | 'once' | 'all';
}
