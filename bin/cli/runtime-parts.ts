// Composes the runtime of this process: steps, connectors, where paths and secrets come from.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadConnector } from '../../connectors/index.ts';
import { resolveHoles } from '../../engine/flow/holes.ts';
import { systemClock } from '../../engine/runtime/clock.ts';
import type { Log } from '../../engine/runtime/flow-context.ts';
import type { Broker } from '../../engine/runtime/ports.ts';
import type { RuntimeParts } from '../../engine/runtime/runtime-parts.ts';
import { stepTypes } from '../../engine/steps/index.ts';

export interface RuntimeOptions {
  /** What relative paths of manifests are resolved against. */
  readonly workingDirectory: string;
  /** A folder with one file per secret, as container platforms mount them. */
  readonly secretsDirectory?: string;
  readonly log: Log;
}

export function runtimeParts(broker: Broker, options: RuntimeOptions): RuntimeParts {
  const env = (name: string) => process.env[name];
  const secret = (name: string) =>
    process.env[`VRSKY_SECRET_${name}`] ?? secretFile(options.secretsDirectory, name);
  return {
    broker,
    stepTypes,
    loadConnector,
    resolveConfig: (config) => resolveHoles(config, { env, secret }),
    resolvePath: (file) => path.resolve(options.workingDirectory, file),
    log: options.log,
    clock: systemClock,
  };
}

function secretFile(directory: string | undefined, name: string): string | undefined {
  if (directory === undefined || !/^[\w.-]+$/.test(name) || name.startsWith('.')) return undefined;
  try {
    return readFileSync(path.join(directory, name), 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined;
  }
}
