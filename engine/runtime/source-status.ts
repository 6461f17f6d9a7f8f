// What is known of the owners of flows: their newest revision, whether they are suspended, what the reconcile loop says.
import type { Deployment, Revision, SuspensionNote } from '../apply/deployment.ts';
import type { Condition } from './flow-conditions.ts';

export interface SourceStatus {
  readonly owner: string;
  readonly revision?: Pick<Revision, 'number' | 'revision' | 'at' | 'by' | 'healthy' | 'proving'>;
  readonly suspended?: SuspensionNote;
  /** As the reconcile loop wrote them; none for who applies by hand. */
  readonly conditions: readonly Condition[];
}

export async function readSources(
  deployment: Pick<Deployment, 'history' | 'notes' | 'suspended'>,
): Promise<readonly SourceStatus[]> {
  const [revisions, noted] = await Promise.all([deployment.history(), deployment.notes.owners()]);
  const owners = [...new Set([...revisions.map(({ owner }) => owner), ...noted])].sort();
  return Promise.all(
    owners.map(async (owner) => {
      const [suspended, note] = await Promise.all([
        deployment.suspended({ kind: 'source', name: owner }),
        deployment.notes.get(owner),
      ]);
      const newest = revisions.find((revision) => revision.owner === owner);
      return {
        owner,
        ...(newest === undefined ? {} : { revision: summary(newest) }),
        ...(suspended === undefined ? {} : { suspended }),
        conditions: conditionsIn(note?.value),
      };
    }),
  );
}

function summary(newest: Revision): NonNullable<SourceStatus['revision']> {
  const { number, revision, at, by, healthy, proving } = newest;
  return { number, revision, at, by, healthy, ...(proving === undefined ? {} : { proving }) };
}

function conditionsIn(note: unknown): readonly Condition[] {
  const { conditions } = (note ?? {}) as { readonly conditions?: unknown };
  return Array.isArray(conditions) ? (conditions as readonly Condition[]) : [];
}
