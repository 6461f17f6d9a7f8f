// Tells how an apply gets on, a line per change.
import type { Progress } from '../../engine/apply/deployment.ts';
import type { Change, ObjectRef } from '../../engine/plan/plan.ts';
import { narrate } from './narrate.ts';

export function narrateProgress(progress: Progress): void {
  const line = progressLine(progress);
  if (line !== undefined) narrate(`  ${line}`);
}

/** Undefined for what is not worth a line. */
export function progressLine(progress: Progress): string | undefined {
  switch (progress.kind) {
    case 'doing':
      return undefined;
    case 'done':
      return `${verbOf(progress.change)} ${nameOf(progress.change.object)}`;
    case 'waiting':
      return `waiting for ${progress.what}`;
  }
}

/** `replace` for what is deleted and created again. */
export function verbOf({ actions }: Change): string {
  return actions[0] === 'delete' && actions[1] === 'create' ? 'replace' : actions.join(' and ');
}

export function nameOf({ kind, name, stream }: ObjectRef): string {
  return kind === 'consumer' ? `JetStream consumer ${stream}/${name}` : `${kind} ${name}`;
}
