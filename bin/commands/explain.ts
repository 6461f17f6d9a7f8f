// vrsky explain: what an error code means, what a field is, what a flow promises.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { narrate, paint, print } from '../cli/narrate.ts';
import { packageRoot } from '../cli/package.ts';

export function explainCommand(): Command {
  return new Command('explain')
    .description(
      'Explain an error code (VRS2003), a schema path (flow.spec.steps.filter) or a flow of these manifests (flow/invoices).',
    )
    .argument('<subject>', 'code, path or flow')
    .argument('[paths...]', 'where flow/<name> is looked for', ['flows'])
    .addHelpText(
      'after',
      '\nExamples:\n  vrsky explain VRS2003\n  vrsky explain flow.spec.delivery\n  vrsky explain steps.split\n  vrsky explain connectors.http.consumer\n  vrsky explain flow/invoices flows',
    )
    .action(explain);
}

async function explain(subject: string, paths: readonly string[]): Promise<void> {
  if (/^VRS\d{4}$/i.test(subject)) return explainCode(subject.toUpperCase());
  if (subject.startsWith('flow/')) return explainFlow(subject.slice('flow/'.length), paths);
  return explainSchema(subject);
}

async function explainCode(code: string): Promise<void> {
  const page = path.join(await packageRoot(), 'docs', 'errors', `${code}.md`);
  try {
    print((await readFile(page, 'utf8')).trimEnd());
  } catch {
    const { codes } = await import('../../engine/diagnostics/registry.ts');
    narrate(
      `${paint('red', 'error')}: there is no code ${code}; codes run from ${Object.keys(codes)[0]} to ${Object.keys(codes).at(-1)}`,
    );
    throw new ExitWith(exitCode.failed);
  }
}

async function explainSchema(subject: string): Promise<void> {
  const { explainField } = await import('../../engine/manifest/explain-field.ts');
  const text = explainField(subject);
  if (text === undefined) {
    narrate(
      `${paint('red', 'error')}: nothing is called ${subject}; try flow.spec, steps.map, connectors.file.producer or a code such as VRS2003`,
    );
    throw new ExitWith(exitCode.failed);
  }
  print(text);
}

const promises = {
  memory: 'memory: messages are kept in memory; a restart of the server loses what is in transit.',
  standard:
    'standard: messages are on the disk of one server; processes may be killed at any time without loss. The operating system writes to disk every two minutes, so a power failure can lose the last of them.',
  durable:
    'durable: messages are on three servers that sync every write; a power failure of all at once loses nothing.',
} as const;

async function explainFlow(name: string, paths: readonly string[]): Promise<void> {
  const { loadFlows, compileFlows } = await import('../cli/manifests.ts');
  const { stageReasons } = await import('../../engine/compile/stage-reasons.ts');
  const { formatDuration } = await import('../../engine/units/duration.ts');
  const graph = (await loadFlows(paths)).find((flow) => flow.name === name);
  if (graph === undefined) {
    narrate(`${paint('red', 'error')}: no flow ${name} in ${paths.join(', ')}`);
    throw new ExitWith(exitCode.failed);
  }
  const [flow] = (await compileFlows([graph], graph.tenant)).flows;
  if (flow === undefined) return;
  print(`flow ${flow.name}  (${graph.file})\n\n${promises[flow.durability]}\n`);
  const { attempts, backoff, deadlineMs } = flow.delivery;
  print(
    `A failed message is tried ${attempts} times, first after ${formatDuration(backoff.initialMs)}, then ${backoff.factor}× longer up to ${formatDuration(backoff.maxMs)}, at most ${formatDuration(deadlineMs)}; then it is a dead letter.\n`,
  );
  for (const stage of flow.stages)
    print(
      `stage ${stage.name}: ${Object.keys(stage.nodes).join(' → ')}\n  ${stage.subject}${stage.lanes === undefined ? '' : ` in ${stage.lanes} ${stage.lanes === 1 ? 'lane' : 'lanes'}`}; ${stageReasons[stage.reason]}`,
    );
}
