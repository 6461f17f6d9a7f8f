// The options that verbs which plan have in common.
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PlanOptions } from '../../engine/plan/plan.ts';
import { manualOwner } from './deploy.ts';
import { durationArgument } from './units.ts';

export interface PlanFlags {
  readonly owner: string;
  readonly prune?: boolean;
  readonly allowDataLoss: readonly string[];
  readonly allowMassDelete?: boolean;
  readonly takeOver: readonly string[];
}

export function withPlanOptions(command: Command): Command {
  return command
    .addOption(ownerOption())
    .option('--prune', "delete the owner's flows that the manifests no longer have")
    .addOption(allowDataLossOption())
    .option('--allow-mass-delete', 'let it delete everything, or most of what the owner has')
    .addOption(
      new Option('--take-over <owner>', 'flows of this owner may become ours; may be repeated')
        .argParser(collect)
        .default([], 'nobody'),
    );
}

export const ownerOption = () =>
  new Option(
    '--owner <name>',
    'whose flows these are: a source of the reconcile loop, or who applies by hand',
  )
    .argParser(ownerName)
    .default(manualOwner);

export const allowDataLossOption = () =>
  new Option('--allow-data-loss <what>', 'stream/X or flow/x whose messages may be deleted; may be repeated')
    .argParser(lossTarget)
    .default([], 'nothing');

export function planOptionsOf(flags: PlanFlags): Partial<PlanOptions> {
  return {
    prune: flags.prune === true,
    allowDataLoss: flags.allowDataLoss,
    allowMassDelete: flags.allowMassDelete === true,
    takeOver: flags.takeOver,
  };
}

export const minReadyOption = () =>
  new Option(
    '--min-ready <duration>',
    'how long flows that change must run without failing to count as healthy',
  )
    .argParser(durationArgument)
    .default(1_000, '1s');

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function lossTarget(value: string, before: readonly string[]): readonly string[] {
  if (!/^(?:stream|flow)\/[\w-]+$/.test(value))
    throw new InvalidArgumentError('write stream/<name> or flow/<name>');
  return [...before, value];
}

export function ownerName(value: string): string {
  if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(value))
    throw new InvalidArgumentError('a name has lower-case letters, digits and dashes');
  return value;
}
