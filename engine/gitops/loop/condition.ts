// Conditions as Kubernetes has them: what holds about a source, why, and since when.

export const conditionTypes = [
  'Ready',
  'Reconciling',
  'Stalled',
  'SourceVerified',
  'Applied',
  'Healthy',
  'DriftDetected',
  'Suspended',
] as const;

export type ConditionType = (typeof conditionTypes)[number];

export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  /** One word for machines: `FetchFailed`. */
  readonly reason: string;
  readonly message: string;
  /** ISO 8601; moves only when `status` does. */
  readonly lastTransitionTime: string;
}

/** A condition as it is found now, before it is known whether that is news. */
export type Finding = Omit<Condition, 'lastTransitionTime'>;

/** The list with the findings in it, in the order of the types. What is not among them stays as it was. */
export function withFindings(
  before: readonly Condition[],
  findings: readonly Finding[],
  nowMs: number,
): readonly Condition[] {
  return conditionTypes.flatMap((type): readonly Condition[] => {
    const old = before.find((one) => one.type === type);
    const found = findings.find((one) => one.type === type);
    if (found === undefined) return old === undefined ? [] : [old];
    const lastTransitionTime =
      old !== undefined && old.status === found.status
        ? old.lastTransitionTime
        : new Date(nowMs).toISOString();
    return [{ ...found, lastTransitionTime }];
  });
}

/** A change of a condition that somebody may want to hear of. */
export interface Transition {
  readonly type: ConditionType;
  readonly from: Condition['status'] | undefined;
  readonly condition: Condition;
}

/** Another status, or the same for another reason: a message that only says more is no news. */
export function transitions(
  before: readonly Condition[],
  after: readonly Condition[],
): readonly Transition[] {
  return after.flatMap((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    if (old !== undefined && old.status === condition.status && old.reason === condition.reason) return [];
    // Beginning with what is normal is no news either.
    if (old === undefined && condition.status === normalStatus(condition.type)) return [];
    return [{ type: condition.type, from: old?.status, condition }];
  });
}

/** What a source shows that has nothing to tell; undefined for those that are always told. */
function normalStatus(type: ConditionType): Condition['status'] | undefined {
  switch (type) {
    case 'Ready':
    case 'Applied':
      return undefined;
    case 'SourceVerified':
      return 'Unknown';
    case 'Healthy':
      return 'True';
    case 'Reconciling':
    case 'Stalled':
    case 'DriftDetected':
    case 'Suspended':
      return 'False';
  }
}
