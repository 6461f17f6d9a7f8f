// The file consumer: looks at a directory again and again and offers what has settled there, in the order of names.
import type { ConsumerContext, Delivery } from '../../../engine/connector/index.ts';
import type { FileConsumerConfig } from '../config.gen.ts';
import { type Clock, systemClock } from './clock.ts';
import { DirectoryView, type Look } from './directory-view.ts';
import type { FoundFile } from './found-file.ts';
import { Inbox } from './inbox.ts';
import { offerRecords } from './offer-records.ts';
import { offerWhole } from './offer-whole.ts';
import { parseSettings } from './settings.ts';

/** Deliveries until the context's signal aborts, or with `finite` until nothing is left. A missing directory is waited for. */
export async function* consume(
  config: FileConsumerConfig,
  context: ConsumerContext,
  clock: Clock = systemClock,
): AsyncGenerator<Delivery, void, undefined> {
  const settings = parseSettings(config, context);
  const inbox = new Inbox(settings, context, clock);
  const view = new DirectoryView(settings, context, clock, inbox.look.wake);
  try {
    while (!context.signal.aborted) {
      const look = await view.look();
      inbox.sweep(look);
      for (const file of look.settled) {
        yield* inbox.room();
        if (context.signal.aborted) return;
        yield* offer(file, inbox);
      }
      yield* inbox.room();
      if (settings.finite && isExhausted(look, inbox)) return;
      await inbox.look.wait(nextLookMs(look, inbox));
      await clock.sleep(view.restMs, context.signal);
    }
  } finally {
    view.close();
    inbox.close();
  }
}

async function* offer(file: FoundFile, inbox: Inbox): AsyncGenerator<Delivery, void, undefined> {
  const { records } = inbox.settings;
  if (inbox.isOverdue(file)) await inbox.finish(file);
  if (!inbox.wants(file)) return;
  if (records !== undefined) yield* offerRecords(file, records, inbox);
  else {
    const delivery = await offerWhole(file, inbox);
    if (delivery !== undefined) yield delivery;
  }
}

function isExhausted(look: Look, inbox: Inbox): boolean {
  return look.isThere && look.settlesInMs === undefined && inbox.isIdle;
}

function nextLookMs(look: Look, inbox: Inbox): number {
  return Math.min(look.againMs, look.settlesInMs ?? look.againMs, inbox.nextDueMs() ?? look.againMs);
}
