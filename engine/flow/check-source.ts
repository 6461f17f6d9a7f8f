// Everything that is checked about one file on its own: what it says about other files comes later, see check-together.ts.
import { hasErrors } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { checkSchema } from '../manifest/check-schema.ts';
import type { ManifestDocument } from '../manifest/document.ts';
import { parseManifests } from '../manifest/parse-manifests.ts';
import { builtinSchemas, type SchemaSet } from '../manifest/schema-set.ts';
import { SchemaReader } from '../manifest/schema-view.ts';
import type { Source, SourceLimits } from '../manifest/source.ts';
import { boundedChecker } from './bounded-checker.ts';
import { type CheckedDocument, checkDocument } from './check-document.ts';
import type { EnvLookup } from './check-holes.ts';
import { fieldsOf } from './draft.ts';
import { type DraftEnvironment, draftEnvironment } from './environments/draft-environment.ts';
import { overlay } from './environments/overlay.ts';
import type { ExpressionChecker } from './expression-checker.ts';
import type { FlowGraph } from './graph.ts';
import type { ReadFile } from './sample-files.ts';

export interface SourceCheckOptions {
  /** Looks environment variables up, to warn of those that are not set; nothing is said about them when absent. */
  readonly env?: EnvLookup;
  /** The built-in schemas when absent; see `withConnectors`. */
  readonly schemas?: SchemaSet;
  readonly limits?: SourceLimits;
  /** Replaces the checker of engine/expression. */
  readonly expressions?: ExpressionChecker;
  /** Reads the samples that consumers name. */
  readonly readFile: ReadFile;
  /** The name of the Environment among the manifests whose values and patches apply. */
  readonly environment?: string | undefined;
}

/** One file as far as it can be read without the others. */
export interface ParsedSource {
  readonly source: Source;
  /** Those that are no environments, as they are written. */
  readonly documents: readonly ManifestDocument[];
  readonly environments: readonly DraftEnvironment[];
  /** Mistakes in the syntax, and those of environments against their schema. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface CheckedSource {
  readonly source: Source;
  readonly documents: readonly CheckedDocument[];
  /** Not those of the parsed source. Places of what a patch brought in are behind the end of the file: see `foreignPlaces`. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks one file after the other; what they share is prepared once. Neither ever throws for what a person wrote. */
export interface SourceChecker {
  parse(source: Source): Promise<ParsedSource>;
  /** `environments` are those of all files. */
  check(parsed: ParsedSource, environments: readonly DraftEnvironment[]): Promise<CheckedSource>;
}

export async function sourceChecker(options: SourceCheckOptions): Promise<SourceChecker> {
  const { env, readFile, environment, schemas: set = builtinSchemas() } = options;
  const reader = new SchemaReader(set);
  const expressions = options.expressions ?? (await import('./jsonata-checker.ts')).jsonataChecker;
  return {
    async parse(source) {
      const { documents, diagnostics } = parseManifests(source, options.limits);
      const isEnvironment = ({ value }: ManifestDocument) => fieldsOf(value).kind === 'Environment';
      const environments: DraftEnvironment[] = [];
      const found = [...diagnostics];
      for (const document of documents.filter(isEnvironment)) {
        const wrong = await checkSchema([document], set, reader);
        if (!hasErrors(wrong)) environments.push(draftEnvironment(document));
        found.push(...wrong);
      }
      const others = documents.filter((document) => !isEnvironment(document));
      return { source, documents: others, environments, diagnostics: found };
    },
    async check({ source, documents }, environments) {
      const overlaid = overlay(documents, environments, environment);
      const checker = boundedChecker(expressions);
      const checked: CheckedDocument[] = [];
      for (const document of overlaid.documents) {
        const hasTimes = /cron|zone/i.test(document.text);
        const times = hasTimes ? (await import('../manifest/check-times.ts')).checkTimes : undefined;
        const paths = namesSample(document) ? (await import('./check-paths.ts')).checkPaths : undefined;
        const context = { reader, checker, env, times, paths, readFile };
        const one = checkDocument(document, await checkSchema([document], set, reader), context);
        checked.push(document.text === source.text ? one : inItsFile(one, source));
      }
      const found = checked.flatMap(({ diagnostics }) => diagnostics);
      return { source, documents: checked, diagnostics: [...overlaid.diagnostics, ...found] };
    },
  };
}

/** Places of a flow are in its own file, also for what an environment brought in: that stands behind the end of the file. */
function inItsFile(checked: CheckedDocument, { text }: Source): CheckedDocument {
  const { graph } = checked;
  if (graph === undefined) return checked;
  const locate: FlowGraph['locate'] = (path) => {
    const range = graph.locate(path);
    return range.start.offset > text.length ? graph.locate(['metadata', 'name']) : range;
  };
  return { ...checked, graph: { ...graph, locate } };
}

function namesSample({ value }: ManifestDocument): boolean {
  const { consumers } = fieldsOf(fieldsOf(value).spec);
  return Array.isArray(consumers) && consumers.some((consumer) => fieldsOf(consumer).sample !== undefined);
}
