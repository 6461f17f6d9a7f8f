// What a plan is: the changes that lead from what is there to what manifests say. Plain JSON: it can be saved, read and applied later.
import type { CompiledFlow, Json } from '../compile/program.ts';

/** Raised when a reader of saved plans would misunderstand. */
export const planFormatVersion = 1;

/** `['delete', 'create']` replaces; `['adopt']` takes an object without an owner over, `['adopt', 'update']` changes it too. */
export type Action = 'create' | 'update' | 'delete' | 'adopt' | 'rename';

export type ObjectKind = 'bucket' | 'stream' | 'consumer' | 'flow';

/** `consumer` is a JetStream consumer; it has the `stream` it belongs to. */
export interface ObjectRef {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly stream?: string;
  /** The flow it serves. */
  readonly flow?: string;
}

/** One field that changes. Absent `before` or `after`: the field was not there, or goes. */
export interface FieldChange {
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly source?: ManifestPlace;
}

/** Answers where a flow, or a field of it in the words of the plan, stands in the manifests. */
export type Locate = (flow: string, path?: string) => ManifestPlace | undefined;

/** A line of a manifest. */
export interface ManifestPlace {
  readonly file: string;
  readonly line: number;
}

/** A stage that its flow no longer has. It runs on until its messages are through; then it goes. */
export interface RetiredStage {
  readonly stage: string;
  readonly stream: string;
}

export interface Change {
  readonly actions: readonly Action[];
  readonly object: ObjectRef;
  readonly fields: readonly FieldChange[];
  /** Why, when the fields do not say it. */
  readonly reason?: string;
  readonly source?: ManifestPlace;
  /** Messages that the change would delete. Not part of what makes a saved plan stale. */
  readonly dataAtStake?: { readonly messages: number };
  readonly retires?: readonly RetiredStage[];
  /** Of a rename: the name it had. */
  readonly renamedFrom?: string;
}

/** What somebody changed on the server since it was last applied. */
export interface Drift {
  readonly object: ObjectRef;
  readonly kind: 'changed' | 'missing' | 'unexpected';
  readonly fields: readonly FieldChange[];
  /** Whether the plan repairs it. */
  readonly corrected: boolean;
}

/** Why a plan must not be applied as it is. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly help: string;
  readonly object?: ObjectRef;
}

/** What was asked for, with everything that is needed to plan again. */
export interface Desired {
  /** Whose objects these are: the name of a source, or of who applies by hand. */
  readonly owner: string;
  /** What people call this state: a commit, or a digest of the flows. */
  readonly revision: string;
  readonly flows: readonly CompiledFlow[];
  /** New name → former name. */
  readonly renames: Readonly<Record<string, string>>;
}

/** What to do about differences between the server and what was applied. */
export type DriftPolicy = 'correct' | 'report' | 'ignore';

export interface PlanOptions {
  /** Delete the owner's flows that are no longer asked for. */
  readonly prune: boolean;
  /** Flows to delete whatever else is asked for, and whoever's they are. */
  readonly destroy: readonly string[];
  readonly drift: DriftPolicy;
  /** Never repaired and never reported: `stream/NAME:field`, `consumer/NAME:field`, `flow/NAME:field`; `*` stands for any text. */
  readonly ignore: readonly string[];
  /** What may be deleted with the messages in it: `stream/X`, `flow/x`. */
  readonly allowDataLoss: readonly string[];
  /** Owners whose objects may be taken over. */
  readonly takeOver: readonly string[];
  /** Lets a plan delete everything, or most of what the owner has. */
  readonly allowMassDelete: boolean;
}

export const defaultPlanOptions: PlanOptions = {
  prune: false,
  destroy: [],
  drift: 'correct',
  ignore: [],
  allowDataLoss: [],
  takeOver: [],
  allowMassDelete: false,
};

export interface Plan {
  readonly formatVersion: typeof planFormatVersion;
  /** Which state it rests on: planning again gives another one when anything that matters has changed. */
  readonly base: { readonly fingerprint: string };
  readonly desired: Desired;
  readonly options: PlanOptions;
  readonly changes: readonly Change[];
  readonly drift: readonly Drift[];
  readonly refusals: readonly Refusal[];
}
