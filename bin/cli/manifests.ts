// Reads, checks and compiles the manifests a verb was given; shows every mistake before it stops.
import { Option } from 'commander';
import type { Placements } from '../../engine/compile/placement.ts';
import type { Program } from '../../engine/compile/program.ts';
import type { Diagnostic } from '../../engine/diagnostics/diagnostic.ts';
import type { DiagnosticFormat } from '../../engine/diagnostics/render.ts';
import type { FlowGraph } from '../../engine/flow/graph.ts';
import { ExitWith, exitCode } from './exit-code.ts';

export const tenantOption = () =>
  new Option('--tenant <name>', 'the tenant whose flows are meant').default('default');

/** Adds nothing to what the checker knows when absent: flows that need values then say so. */
export const environmentOption = () =>
  new Option('--env <name>', 'the Environment whose values and patches apply');

/** Checks the manifests below `paths` (`-` = stdin). Ends with exit code 3 when there are errors, after showing them on stderr. */
export async function loadFlows(
  paths: readonly string[],
  environment?: string,
): Promise<readonly FlowGraph[]> {
  const { checkManifests } = await import('../../engine/flow/check.ts');
  const { installedSchemas } = await import('./installed-connectors.ts');
  const { value, diagnostics } = await checkManifests(paths, {
    schemas: installedSchemas(),
    env: (name) => process.env[name],
    environment,
  });
  await showDiagnostics(diagnostics, { format: 'human', sources: value.sources }, process.stderr);
  if (hasErrors(diagnostics)) throw new ExitWith(exitCode.manifestsInvalid);
  return value.flows;
}

/** Compiles the flows of one tenant. A connection serves one tenant: flows of another are refused by name. */
export async function compileFlows(
  flows: readonly FlowGraph[],
  tenant: string,
  placements: Placements = {},
): Promise<Program> {
  const { compile } = await import('../../engine/compile/compile.ts');
  const { requireTenant } = await import('../../engine/compile/tenant.ts');
  requireTenant(flows, tenant);
  const { value, diagnostics } = compile(flows, { tenant, placements });
  await showDiagnostics(diagnostics, { format: 'human' }, process.stderr);
  if (value === undefined) throw new ExitWith(exitCode.manifestsInvalid);
  return value;
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}

export interface ShowOptions {
  readonly format: DiagnosticFormat;
  /** Texts by file name, to show the lines that diagnostics are about. */
  readonly sources?: ReadonlyMap<string, string>;
}

export async function showDiagnostics(
  diagnostics: readonly Diagnostic[],
  options: ShowOptions,
  stream: NodeJS.WriteStream,
): Promise<void> {
  if (diagnostics.length === 0 && (options.format === 'human' || options.format === 'github')) return;
  const { renderDiagnostics, wantsColor } = await import('../../engine/diagnostics/render.ts');
  stream.write(renderDiagnostics(diagnostics, { ...options, color: wantsColor(stream, process.env) }));
}
