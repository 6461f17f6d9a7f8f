// Plans in files: written by `vrsky plan --out`, carried out by `vrsky apply`.
import { readFile, writeFile } from 'node:fs/promises';
import { VrskyError } from '../../engine/diagnostics/vrsky-error.ts';
import { type Plan, planFormatVersion } from '../../engine/plan/plan.ts';

/** Only its owner reads it: it tells what the flows do. */
export async function writePlan(file: string, plan: Plan): Promise<void> {
  await writeFile(file, `${JSON.stringify(plan)}\n`, { mode: 0o600 });
}

/** Undefined when the paths are manifests. Throws VRS6010 for a file that is no plan of this version. */
export async function readPlan(paths: readonly string[]): Promise<Plan | undefined> {
  const [file, ...others] = paths;
  if (file === undefined || others.length > 0 || !/\.(?:plan|json)$/.test(file)) return undefined;
  const value = parsed(await readFile(file, 'utf8'));
  if (isPlan(value)) return value;
  throw new VrskyError('VRS6010', `${file} is no plan that this version can carry out`, {
    help: `Make one with this version: vrsky plan --out ${file}`,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isPlan(value: unknown): value is Plan {
  const { formatVersion, base, desired, options, changes, refusals } = (value ?? {}) as Partial<Plan>;
  return (
    formatVersion === planFormatVersion &&
    typeof base?.fingerprint === 'string' &&
    typeof desired?.owner === 'string' &&
    Array.isArray(desired.flows) &&
    typeof options?.prune === 'boolean' &&
    Array.isArray(changes) &&
    Array.isArray(refusals)
  );
}
