// What is remembered about a source between passes, in the cluster: any replica goes on where another ended.
import type { Condition } from './condition.ts';
import type { DriftMemory } from './drift-memory.ts';

export interface Quarantined {
  readonly id: string;
  readonly label: string;
  readonly reason: string;
  readonly at: string;
}

export interface Notes {
  readonly conditions: readonly Condition[];
  /** For people: what was applied last. */
  readonly revision?: string;
  /** The last revision that was fetched and trusted: later ones must descend from it. */
  readonly accepted?: string;
  /** The last revision that workers were seen to run. */
  readonly healthy?: string;
  /** Former stages still hold messages: the next pass looks after them. */
  readonly draining: boolean;
  /** Revisions that are not tried again, the newest last. */
  readonly quarantine: readonly Quarantined[];
  readonly drift: DriftMemory;
  /** Drift is counted anew for every revision. */
  readonly driftRevision?: string;
}

const mostQuarantined = 20;

export const emptyNotes: Notes = { conditions: [], draining: true, quarantine: [], drift: {} };

/** Notes of an older version, or of nobody, read as far as they go. */
export function readNotes(value: unknown): Notes {
  if (typeof value !== 'object' || value === null) return emptyNotes;
  const found = value as Partial<Notes>;
  return {
    ...found,
    draining: found.draining !== false,
    conditions: Array.isArray(found.conditions) ? found.conditions : [],
    quarantine: Array.isArray(found.quarantine) ? found.quarantine : [],
    drift: typeof found.drift === 'object' && found.drift !== null ? found.drift : {},
  };
}

export function quarantined(notes: Notes, id: string): Quarantined | undefined {
  return notes.quarantine.find((one) => one.id === id);
}

export function withQuarantined(notes: Notes, one: Quarantined): Notes {
  const others = notes.quarantine.filter(({ id }) => id !== one.id);
  return { ...notes, quarantine: [...others, one].slice(-mostQuarantined) };
}

/** Who resumes a source means that the trouble is over. */
export function released(notes: Notes): Notes {
  return { ...notes, quarantine: [] };
}

export function isSuspended({ conditions }: Notes): boolean {
  return conditions.some(({ type, status }) => type === 'Suspended' && status === 'True');
}
