// Finds the flow to play among manifests, and the message to play when none is given: the sample of its consumer.
import path from 'node:path';
import { compileAlone } from '../../engine/compile/compile.ts';
import type { CompiledFlow } from '../../engine/compile/program.ts';
import { sortDiagnostics } from '../../engine/diagnostics/diagnose.ts';
import type { Diagnostic } from '../../engine/diagnostics/diagnostic.ts';
import { didYouMean } from '../../engine/diagnostics/did-you-mean.ts';
import { checkManifests } from '../../engine/flow/check.ts';
import { draftFlow } from '../../engine/flow/draft.ts';
import type { FlowGraph } from '../../engine/flow/graph.ts';
import { parseManifests } from '../../engine/manifest/parse-manifests.ts';
import { installedSchemas } from '../cli/installed-connectors.ts';

export interface ChosenFlow {
  readonly compiled: CompiledFlow;
  /** The sample files of each consumer, by its name, as one names them from here. */
  readonly samples: ReadonlyMap<string, readonly string[]>;
}

export interface Choice {
  /** Absent when there is no such flow without mistakes. */
  readonly flow?: ChosenFlow;
  /** Why not. */
  readonly problem?: string;
  /** Of the file that the flow is in, or of all when it was not found. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

/** `wanted` is the name of a flow below `paths`, or a file with one. */
export async function chooseFlow(
  wanted: string,
  paths: readonly string[],
  environment: string | undefined,
): Promise<Choice> {
  const isFile = /\.ya?ml$/i.test(wanted);
  const { value, diagnostics } = await checkManifests(isFile ? [wanted] : paths, {
    env: (name) => process.env[name],
    environment,
    schemas: installedSchemas(),
  });
  const { flows, sources } = value;
  const found = isFile ? flows : flows.filter(({ name }) => name === wanted);
  const [graph] = found;
  if (graph !== undefined && found.length === 1) return chosen(graph, diagnostics, sources);
  const names = flows.map(({ name }) => name);
  const meant = didYouMean(wanted, names);
  const problem = isFile
    ? names.length > 1
      ? `${wanted} holds several flows: name one (${names.join(', ')})`
      : `${wanted} holds no flow without mistakes`
    : `there is no flow ${wanted} without mistakes in ${paths.join(', ')}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  return { problem, diagnostics, sources };
}

function chosen(
  graph: FlowGraph,
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
): Choice {
  const { value: compiled, diagnostics: topology } = compileAlone(graph);
  const about = sortDiagnostics([...diagnostics.filter(({ file }) => file === graph.file), ...topology]);
  if (compiled === undefined)
    return { problem: `the flow ${graph.name} cannot be compiled`, diagnostics: about, sources };
  const samples = samplesOf(graph, sources.get(graph.file) ?? '');
  return { flow: { compiled, samples }, diagnostics: about, sources };
}

function samplesOf({ file, name, tenant }: FlowGraph, text: string): ChosenFlow['samples'] {
  const drafts = parseManifests({ file, text }).documents.map(draftFlow);
  const draft = drafts.find((one) => one.name === name && one.tenant === tenant);
  const folder = path.dirname(file);
  return new Map(
    draft?.consumers.map((consumer) => {
      const files = [consumer.value.sample ?? []].flat().map(String);
      return [consumer.name, files.map((one) => path.join(path.isAbsolute(one) ? '' : folder, one))] as const;
    }),
  );
}
