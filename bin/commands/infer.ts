// vrsky infer: a JSON Schema from samples.
import { readFileSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import type { RawContent } from '../../engine/shape/sample.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { narrate, paint, print } from '../cli/narrate.ts';

interface InferOptions {
  readonly out?: string;
}

export function inferCommand(): Command {
  return new Command('infer')
    .description(
      'Write a JSON Schema that fits samples: JSON and XML by file, NDJSON and CSV by record. For `sample` of a consumer and the validate step.',
    )
    .argument('<files...>', 'samples; - reads JSON from stdin')
    .option('--out <file>', 'where to; stdout when absent')
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky infer samples/order-*.json\n  vrsky infer orders.ndjson --out flows/samples/order.schema.json',
    )
    .action(infer);
}

async function infer(files: readonly string[], { out }: InferOptions): Promise<void> {
  const { formatOfFile, shapeOfRaw } = await import('../../engine/shape/sample.ts');
  const { schemaOfShape } = await import('../../engine/shape/schema-of-shape.ts');
  const { unionOf } = await import('../../engine/shape/shape.ts');
  const shapes = [];
  for (const file of files) {
    const format = file === '-' ? 'json' : formatOfFile(file);
    if (format === undefined) throw failed(`${file}: samples are .json, .ndjson, .xml, .csv or .txt files`);
    const content: RawContent = { bytes: await bytesOf(file), format };
    try {
      shapes.push(shapeOfRaw([content], undefined));
    } catch (error) {
      throw failed(`${file}: ${(error as Error).message}`);
    }
  }
  const schema = JSON.stringify(schemaOfShape(unionOf(shapes)), null, 2);
  if (out === undefined) print(schema);
  else writeFileSync(out, `${schema}\n`);
}

async function bytesOf(file: string): Promise<Uint8Array> {
  if (file === '-') return Buffer.from(await text(process.stdin));
  try {
    return readFileSync(file);
  } catch (error) {
    throw failed((error as Error).message);
  }
}

function failed(message: string): ExitWith {
  narrate(`${paint('red', 'error')}: ${message}`);
  return new ExitWith(exitCode.failed);
}
