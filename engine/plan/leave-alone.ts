// Takes out of the work what would undo other hands' changes: single fields, records of flows, streams that were deleted.
import { copyFields } from './copy-fields.ts';
import type { ConsumerWork, FlowWork, StreamWork, Work } from './work.ts';

export interface Kept {
  readonly work: Work;
  /** Whether it stays as it was found. */
  readonly isKept: boolean;
}

/** What else of the object changes is done; these fields are sent as they are. `key` as of {@link keyOf}. */
export function keepFields(key: string, paths: readonly string[], work: Work): Work {
  if (paths.length === 0) return work;
  return {
    ...work,
    streams: work.streams.flatMap((item) => (keyIn(item) === key ? keepOfStream(item, paths) : [item])),
    consumers: work.consumers.flatMap((item) => (keyIn(item) === key ? keepOfConsumer(item, paths) : [item])),
  };
}

function keyIn({ change: { object } }: StreamWork | ConsumerWork): string {
  return `${object.kind}/${object.stream ?? ''}/${object.name}`;
}

function keepOfStream(item: StreamWork, paths: readonly string[]): readonly StreamWork[] {
  const { live, spec, meanwhile } = item;
  const fields = item.change.fields.filter(({ path }) => !paths.includes(path));
  if (fields.length === 0 || live === undefined) return [];
  return [
    {
      ...item,
      change: { ...item.change, fields },
      // Flows that come need their subjects whoever has added others.
      spec: {
        ...copyFields(spec, live.spec, paths),
        subjects: paths.includes('subjects') ? meanwhile.subjects : spec.subjects,
      },
      meanwhile: { ...copyFields(meanwhile, live.spec, paths), subjects: meanwhile.subjects },
      keeps: { asked: spec, paths },
    },
  ];
}

function keepOfConsumer(item: ConsumerWork, paths: readonly string[]): readonly ConsumerWork[] {
  const { live, spec } = item;
  const fields = item.change.fields.filter(({ path }) => !paths.includes(path));
  if (fields.length === 0 || live === undefined) return [];
  const isReplaced = live.deviations.some(
    ({ path, isFixed }) => isFixed && fields.some((field) => field.path === path),
  );
  const { reason: _reason, ...change } = item.change;
  return [
    {
      ...item,
      change: isReplaced ? { ...item.change, fields } : { ...change, actions: ['update'], fields },
      spec: copyFields(spec, live.spec, paths),
      isReplaced,
      keeps: { asked: spec, paths },
    },
  ];
}

/** A record that was changed or deleted stays so, unless the flow is asked for anew, renamed, suspended or resumed. */
export function keepFlow(name: string, work: Work): Kept {
  const item = work.flows.find(({ record }) => record.flow.name === name);
  if (item === undefined) return { work, isKept: true };
  if (!isRepair(item)) return { work, isKept: false };
  return { work: { ...work, flows: work.flows.filter((one) => one !== item) }, isKept: true };
}

function isRepair({ record, before, entry, former }: FlowWork): boolean {
  const isSuspendedAlike = before.value === undefined || before.value.suspended === record.suspended;
  return record.flow.digest === entry.value?.digest && former === undefined && isSuspendedAlike;
}

/** A stream that was deleted stays so, unless something else in the plan needs it. */
export function keepMissingStream(name: string, work: Work): Kept {
  const isNeeded =
    work.consumers.some(({ spec }) => spec.stream === name) ||
    work.flows.some(({ consumers }) => consumers.some(({ stream }) => stream === name));
  if (isNeeded) return { work, isKept: false };
  const streams = work.streams.filter(({ spec }) => spec.name !== name);
  const restoredConsumers = work.restoredConsumers.filter(({ spec }) => spec.stream !== name);
  return { work: { ...work, streams, restoredConsumers }, isKept: true };
}
