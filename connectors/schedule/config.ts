// The configuration of a schedule consumer, as its schema describes it.
import type { JsonValue } from '../../engine/connector/index.ts';

export interface ScheduleConfig {
  readonly name: string;
  readonly type: 'schedule';
  readonly to?: string | readonly string[];
  readonly cron?: string;
  readonly timezone?: string;
  readonly every?: string;
  readonly payload?: JsonValue;
  /** What follows when times passed while nothing ran: none of them, the last one, or each. */
  readonly missed?: 'skip' | 'once' | 'all';
}
