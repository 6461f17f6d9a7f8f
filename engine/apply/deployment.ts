// The seam for everything that deploys (command line, dev server, reconcile loop): plan, apply, history, suspension.
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { FlowGraph } from '../flow/graph.ts';
import type { Change, Plan, PlanOptions, Refusal } from '../plan/plan.ts';
import type { Suspension } from '../plan/state.ts';

/** What an owner wants. */
export interface PlanRequest {
  readonly flows: readonly FlowGraph[];
  readonly tenant: string;
  /** Name of the source, or of who applies by hand. */
  readonly owner: string;
  /** What people call this state, e.g. a commit; a digest of the flows when absent. */
  readonly revision?: string;
  readonly options?: Partial<PlanOptions>;
}

/** What happened so far; for narration. */
export type Progress =
  | { readonly kind: 'waiting'; readonly what: string }
  | { readonly kind: 'doing' | 'done'; readonly change: Change };

export interface ApplyOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Gives up between two changes. */
  readonly signal?: AbortSignal;
  /** How long to wait for somebody else's apply to end. */
  readonly lockPatienceMs?: number;
  /** How long a killed apply keeps others out. */
  readonly lockTtlMs?: number;
  /** How long to wait for workers to run the new version. */
  readonly healthPatienceMs?: number;
  /** For how long flows that changed are looked at once workers run them: one that fails meanwhile is not healthy. Not at all when absent. */
  readonly minReadyMs?: number;
  /** Something newer is to be applied: what runs is no longer looked at, and the revision stays one that has yet to prove itself. */
  readonly superseded?: AbortSignal;
  /** How long to wait for what goes (former stages, deleted flows) to deliver what waits in it. */
  readonly drainPatienceMs?: number;
  /** Who did it, for the history. */
  readonly by?: string;
  /** For the history, one line. */
  readonly message?: string;
}

export interface Health {
  readonly workers: number;
  /** Flows that a worker could not start, with its reason. */
  readonly stalled: readonly { readonly flow: string; readonly reason: string }[];
  /** Flows that run and of which a consumer or producer cannot, with its reason. */
  readonly failing: readonly { readonly flow: string; readonly reason: string }[];
  /** Flows that some worker still runs in another version. */
  readonly behind: readonly string[];
  /** Former stages that still hold messages; a later apply takes them away. */
  readonly draining: readonly { readonly flow: string; readonly stage: string; readonly messages: number }[];
}

export type ApplyOutcome =
  /** The server holds what was asked for. `changes` is empty when it did before. */
  | {
      readonly kind: 'applied';
      readonly changes: readonly Change[];
      readonly health: Health;
      /** It was not looked at for as long as it should: {@link ApplyOptions.superseded}. */
      readonly superseded?: true;
    }
  /** Nothing was changed, and nothing will be until somebody changes what was asked for or allows it. */
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  /** Something went wrong on the way. Applying again goes on where this ended. */
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
      readonly changes: readonly Change[];
      readonly cause: unknown;
    };

/** One state that an owner's flows were in. */
export interface Revision {
  readonly owner: string;
  /** 1, 2, … per owner. */
  readonly number: number;
  readonly revision: string;
  /** ISO 8601. */
  readonly at: string;
  readonly by: string;
  readonly message: string;
  /** Flow → digest. */
  readonly flows: Readonly<Record<string, string>>;
  /** Flows that had another name in the revision before: new name → that name. */
  readonly renames?: Readonly<Record<string, string>>;
  /** Whether workers came to run it; rolling back goes to the last healthy one. */
  readonly healthy: boolean;
  /** Workers run it, and for how long is still being watched; whoever watched it may have been killed, too. */
  readonly proving?: true;
}

/** What may be suspended. */
export type SuspensionTarget = { readonly kind: 'flow' | 'source'; readonly name: string };

/** Why something stands still. */
export interface SuspensionNote {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  /** Of a flow. */
  readonly scope?: Suspension;
}

/** Facts about an owner that another part keeps (the reconcile loop's conditions); compared and set by revision. */
export interface SourceNotes {
  get(owner: string): Promise<{ readonly value: unknown; readonly revision: number } | undefined>;
  put(owner: string, value: unknown, revision?: number): Promise<boolean>;
  delete(owner: string): Promise<void>;
  /** Owners with notes. */
  owners(): Promise<readonly string[]>;
}

export interface Deployment {
  /** Compiles and plans; changes nothing. No value when the flows do not compile. Throws VRS5003 for flows of another tenant. */
  plan(request: PlanRequest): Promise<{ readonly value?: Plan; readonly diagnostics: readonly Diagnostic[] }>;
  /** Plans to take one flow away, whoever's it is. Throws VRS8404 when there is none of that name. */
  planDestroy(flow: string, options?: Partial<PlanOptions>): Promise<Plan>;
  /** Plans the way back to a revision (the last healthy one before the newest when absent). Throws VRS6009 when there is none. */
  planRollback(owner: string, to?: number, options?: Partial<PlanOptions>): Promise<Plan>;
  /** Never throws for what it can say as an outcome. */
  apply(plan: Plan, options?: ApplyOptions): Promise<ApplyOutcome>;
  /** Newest first. */
  history(owner?: string): Promise<readonly Revision[]>;
  suspend(target: SuspensionTarget, note: Omit<SuspensionNote, 'at'>): Promise<void>;
  resume(target: SuspensionTarget): Promise<void>;
  suspended(target: SuspensionTarget): Promise<SuspensionNote | undefined>;
  readonly notes: SourceNotes;
}
