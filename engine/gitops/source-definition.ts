// A source with every default filled in: from a manifest of kind Source, or from what the command line says.
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import type { JsonObject } from '../flow/graph.ts';
import { type HoleLookup, resolveHoles } from '../flow/holes.ts';
import type { SourceManifest } from '../manifest/kinds.gen.ts';
import { s3Reader } from '../payload/stores/s3/s3-reader.ts';
import type { S3Settings } from '../payload/stores/s3/s3-settings.ts';
import { parseDuration } from '../units/duration.ts';
import { parseSize } from '../units/size.ts';
import type { LoopSettings } from './loop/source-loop.ts';
import type { NotificationTarget } from './notify/notification.ts';
import { bucketOrigin } from './sources/bucket-origin.ts';
import { directoryOrigin } from './sources/directory-origin.ts';
import { gitOrigin } from './sources/git-origin.ts';
import type { Origin } from './sources/origin.ts';
import type { TrustPolicy } from './trust/trust-policy.ts';

type Spec = SourceManifest['spec'];
type GitSpec = Extract<Spec, { readonly type: 'git' }>;

export interface SourceDefinition {
  readonly loop: LoopSettings;
  /** For people. */
  readonly address: string;
  readonly webhookSecret?: string;
  readonly notify: readonly NotificationTarget[];
  /** `dataDirectory` holds mirrors of repositories. Throws VRS7003 and the like for settings that cannot be used. */
  openOrigin(dataDirectory: string): Origin;
}

/** Expects a manifest that fits its schema. Throws VRS7014 when the lookup does not have what it refers to. */
export function defineSource(manifest: SourceManifest, lookup: HoleLookup): SourceDefinition {
  const { name, tenant = 'default' } = manifest.metadata;
  const { value, missing } = resolveHoles(manifest.spec as unknown as JsonObject, lookup);
  if (missing.length > 0)
    throw new VrskyError('VRS7014', `the source ${name} needs ${missing.join(', ')}`, {
      help: 'Set what is missing where `vrsky reconcile` runs.',
    });
  const spec = value as unknown as Spec;
  return {
    loop: loopSettings(name, tenant, spec),
    address: addressOf(spec),
    ...(spec.webhook === undefined ? {} : { webhookSecret: spec.webhook.secret }),
    notify: (spec.notify ?? []).map(target),
    openOrigin: (dataDirectory) => originOf(spec, dataDirectory),
  };
}

function loopSettings(name: string, tenant: string, spec: Spec): LoopSettings {
  const {
    env,
    interval = '1m',
    healthPatience = '2m',
    minReady = '10s',
    prune = true,
    onFailure = 'hold',
    drift = {},
    takeOver = [],
  } = spec;
  return {
    name,
    tenant,
    ...(env === undefined ? {} : { environment: env }),
    prune,
    onFailure,
    intervalMs: parseDuration(interval) as number,
    healthPatienceMs: parseDuration(healthPatience) as number,
    minReadyMs: parseDuration(minReady) as number,
    drift: { action: drift.action ?? 'correct', ignore: drift.ignore ?? [] },
    allow: { allowDataLoss: [], takeOver, allowMassDelete: false },
  };
}

function addressOf(spec: Spec): string {
  switch (spec.type) {
    case 'git':
      return spec.url;
    case 'directory':
      return spec.directory;
    case 's3':
      return `s3://${spec.bucket}/${spec.prefix ?? ''}`;
  }
}

function originOf(spec: Spec, dataDirectory: string): Origin {
  switch (spec.type) {
    case 'git':
      return openGit(spec, dataDirectory);
    case 'directory':
      return directoryOrigin(spec.directory);
    case 's3':
      return bucketOrigin(addressOf(spec), s3Reader(spec as S3Settings & { readonly prefix?: string }));
  }
}

function openGit(spec: GitSpec, dataDirectory: string): Origin {
  const {
    url,
    ref = 'main',
    path = 'flows',
    auth = {},
    timeout = '60s',
    maxRepository = '512MiB',
    verify,
  } = spec;
  return gitOrigin({
    url,
    ref,
    path,
    auth,
    timeoutMs: parseDuration(timeout) as number,
    maxRepositoryBytes: parseSize(maxRepository) as number,
    allowForcePush: spec.allowForcePush ?? false,
    ...(verify === undefined ? {} : { verify: trustOf(verify) }),
    dataDirectory,
  });
}

function trustOf({ of = 'head', ...rest }: NonNullable<GitSpec['verify']>): TrustPolicy {
  return { of, ...rest };
}

function target(one: NonNullable<Spec['notify']>[number]): NotificationTarget {
  switch (one.type) {
    case 'webhook':
      return one;
    case 'github':
      return { ...one, api: one.api ?? 'https://api.github.com' };
    case 'gitlab':
      return { ...one, api: one.api ?? 'https://gitlab.com/api/v4' };
  }
}
