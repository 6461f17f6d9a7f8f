// The samples that consumers name: finds and reads them. What cannot be read is a warning, for a flow runs without.
import path from 'node:path';
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { DocumentPath, ManifestDocument } from '../manifest/document.ts';
import { STDIN_NAME } from '../manifest/read-sources.ts';
import { parseSample, type Sample, shapeOfRaw } from '../shape/sample.ts';
import { union } from '../shape/shape.ts';
import { type DraftFlow, type DraftNode, type Fields, fieldsOf } from './draft.ts';
import type { ReadFile } from './sample-files.ts';

export interface FoundSamples {
  readonly samples: ReadonlyMap<DraftNode, Sample>;
  readonly diagnostics: readonly Diagnostic[];
}

/** What the messages of each consumer look like, for those that name samples. */
export function findSamples(flow: DraftFlow, read: ReadFile): FoundSamples {
  const samples = new Map<DraftNode, Sample>();
  const diagnostics: Diagnostic[] = [];
  for (const consumer of flow.consumers) {
    for (const [file, at] of namesOf(consumer)) {
      const sample = readSample(flow.document, file, at, consumer.value, read);
      if ('code' in sample) diagnostics.push(sample);
      else samples.set(consumer, eitherSample(samples.get(consumer), sample));
    }
  }
  return { samples, diagnostics };
}

/** A name with a `${…}` is known only where the flow runs. */
function namesOf({ value: { sample }, path: at }: DraftNode): readonly (readonly [string, DocumentPath])[] {
  const names: readonly unknown[] = Array.isArray(sample) ? sample : [sample];
  return names.flatMap((name, index) => {
    if (typeof name !== 'string' || name.includes('${')) return [];
    return [[name, Array.isArray(sample) ? [...at, 'sample', index] : [...at, 'sample']] as const];
  });
}

function readSample(
  document: ManifestDocument,
  name: string,
  at: DocumentPath,
  config: Fields,
  read: ReadFile,
): Sample | Diagnostic {
  const folder = document.file === STDIN_NAME ? '' : path.dirname(document.file);
  try {
    return asConsumed(parseSample(name, read(path.join(path.isAbsolute(name) ? '' : folder, name))), config);
  } catch (error) {
    const message = `The sample ${name} cannot be used: ${(error as Error).message}`;
    const help =
      'Samples are .json, .ndjson, .xml, .csv or .txt files, or JSON Schemas, named relative to the manifest.';
    return diagnose('VRS3020', document.file, document.range(spanOf(document, at)), message, { help });
  }
}

function spanOf(document: ManifestDocument, at: DocumentPath) {
  const node = document.node(at);
  return node?.span ?? document.root.span;
}

/** A consumer that hands on records never shows the file they came from. */
function asConsumed(sample: Sample, { records, csv }: Fields): Sample {
  if (sample.raw === undefined || (records !== 'csv' && records !== 'ndjson')) return sample;
  if (sample.raw.some(({ format }) => format !== records)) return sample;
  return { shape: shapeOfRaw(sample.raw, records, { csv: fieldsOf(csv) }) };
}

/** What either of two may be. */
export function eitherSample(a: Sample | undefined, b: Sample): Sample {
  if (a === undefined) return b;
  const shape = union(a.shape, b.shape);
  return a.raw === undefined || b.raw === undefined ? { shape } : { shape, raw: [...a.raw, ...b.raw] };
}
