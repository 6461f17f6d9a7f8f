// The sources that `vrsky reconcile` follows: from manifests of kind Source, or put together from options.
import { VrskyError } from '../../engine/diagnostics/vrsky-error.ts';
import type { SourceDefinition } from '../../engine/gitops/source-definition.ts';
import type { SourceManifest } from '../../engine/manifest/kinds.gen.ts';
import { ExitWith, exitCode } from './exit-code.ts';
import { hasErrors, showDiagnostics } from './manifests.ts';
import { narrate } from './narrate.ts';
import { secretLookup } from './runtime-parts.ts';

export interface SourceOptions {
  readonly git?: string;
  readonly name?: string;
  readonly ref: string;
  readonly path: string;
  readonly interval: string;
  readonly timeout: string;
  readonly verify?: string;
  readonly verifyOf: 'head' | 'tag' | 'every';
  readonly gpgKeys?: string;
  readonly gpgFingerprint?: readonly string[];
  readonly sshKey?: string;
  readonly knownHosts?: string;
  readonly gitToken?: string;
  readonly webhookSecret?: string;
  readonly notify?: readonly string[];
  readonly env?: string;
  readonly tenant: string;
  readonly prune: boolean;
  readonly onFailure: 'hold' | 'rollback';
  readonly healthPatience: string;
  readonly minReady: string;
  readonly drift: 'correct' | 'report' | 'ignore';
  readonly driftIgnore?: readonly string[];
  readonly takeOver?: readonly string[];
  readonly allowForcePush?: boolean;
  readonly allowMassDelete?: boolean;
  readonly allowDataLoss?: readonly string[];
  readonly secrets?: string;
}

/** What is allowed on the command line holds for every source: it is meant for a single pass. */
export async function sourcesOf(
  paths: readonly string[],
  options: SourceOptions,
): Promise<readonly SourceDefinition[]> {
  const { defineSource } = await import('../../engine/gitops/source-definition.ts');
  const manifests =
    options.git === undefined ? await readManifests(paths) : [fromOptions(options.git, options)];
  const lookup = { env: (name: string) => process.env[name], secret: secretLookup(options.secrets) };
  return manifests.map((manifest) => {
    const source = defineSource(manifest, lookup);
    const { allowMassDelete = false, allowDataLoss = [], takeOver = [] } = options;
    const allow = {
      allowDataLoss,
      allowMassDelete,
      takeOver: [...source.loop.allow.takeOver, ...takeOver],
    };
    return { ...source, loop: { ...source.loop, allow } };
  });
}

async function readManifests(paths: readonly string[]): Promise<readonly SourceManifest[]> {
  if (paths.length === 0) {
    narrate(
      'error: name a repository, or manifests of kind Source\n  help: vrsky reconcile --git URL, or vrsky reconcile sources.yaml',
    );
    throw new ExitWith(exitCode.usage);
  }
  const { checkManifests } = await import('../../engine/flow/check.ts');
  const { value, diagnostics } = await checkManifests(paths);
  await showDiagnostics(diagnostics, { format: 'human', sources: value.sources }, process.stderr);
  if (hasErrors(diagnostics)) throw new ExitWith(exitCode.manifestsInvalid);
  const manifests = value.origins.map((document) => document.value as SourceManifest);
  refuseRepeated(manifests.map(({ metadata }) => metadata.name));
  if (manifests.length > 0) return manifests;
  narrate(`error: no manifest of kind Source in ${paths.join(', ')}`);
  throw new ExitWith(exitCode.manifestsInvalid);
}

/** The name of a source is the owner of what it applies. */
function refuseRepeated(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new VrskyError('VRS7015', `there are two sources called ${twice}`, { help: 'Rename one of them.' });
}

function fromOptions(url: string, options: SourceOptions): SourceManifest {
  const {
    sshKey,
    knownHosts,
    gitToken: token,
    env,
    webhookSecret,
    timeout,
    interval,
    healthPatience,
    minReady,
  } = options;
  const auth = { ...given({ sshKey, knownHosts, token }) };
  const verify = trustOf(options);
  return {
    apiVersion: 'vrsky.io/v1',
    kind: 'Source',
    metadata: { name: options.name ?? nameOf(url), tenant: options.tenant },
    spec: {
      type: 'git',
      url,
      ref: options.ref,
      path: options.path,
      timeout,
      interval,
      healthPatience,
      minReady,
      auth,
      ...given({ env, verify }),
      ...(webhookSecret === undefined ? {} : { webhook: { secret: webhookSecret } }),
      allowForcePush: options.allowForcePush === true,
      prune: options.prune,
      onFailure: options.onFailure,
      drift: { action: options.drift, ignore: options.driftIgnore ?? [] },
      notify: (options.notify ?? []).map((to) => ({ type: 'webhook', url: to })),
    },
  };
}

function trustOf({ verify: allowedSigners, verifyOf: of, gpgKeys, gpgFingerprint = [] }: SourceOptions) {
  if (allowedSigners === undefined && gpgKeys === undefined) return undefined;
  const openpgp = gpgKeys === undefined ? undefined : { keys: gpgKeys, fingerprints: gpgFingerprint };
  return { of, ...given({ allowedSigners, openpgp }) };
}

/** Without what is undefined. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** `https://git.example.com/acme/Flows.git` → `flows`. */
function nameOf(url: string): string {
  const last = /([^/:]+?)(?:\.git)?\/*$/.exec(url)?.[1] ?? '';
  const name = last
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63);
  return name === '' ? 'git' : name;
}
