// A renamed flow may still have stages under its former name. Once another flow has that name, what lies under it is that flow's.
import { buckets } from '../compile/topology.ts';
import type { ApplySession } from './apply-session.ts';

/** Whether what is stored under a subject is another flow's than this one's. `subjects`: those that will be asked about. */
export async function othersSubjects(
  flow: string,
  subjects: readonly string[],
  session: ApplySession,
): Promise<(subject: string) => boolean> {
  const programs = await session.bucket(buckets.programs);
  const names = new Set(subjects.map(nameIn).filter((name) => name !== flow));
  const taken = new Set<string>();
  for (const name of names) if ((await programs.get(name)) !== undefined) taken.add(name);
  return (subject) => taken.has(nameIn(subject));
}

/** `flow.orders.shape` → `orders`. */
function nameIn(subject: string): string {
  return subject.split('.', 2)[1] ?? '';
}
