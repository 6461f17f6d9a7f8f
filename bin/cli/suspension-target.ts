// flow/<name> or source/<name>, as suspend and resume take it.
import { InvalidArgumentError } from 'commander';
import type { SuspensionTarget } from '../../engine/apply/deployment.ts';

export function suspensionTarget(text: string): SuspensionTarget {
  const match = /^(flow|source)\/([a-z0-9-]+)$/.exec(text);
  if (match?.[2] === undefined) throw new InvalidArgumentError('write flow/<name> or source/<name>');
  return { kind: match[1] as SuspensionTarget['kind'], name: match[2] };
}
