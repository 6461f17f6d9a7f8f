// Measures editors: how soon vrsky lsp tells what is wrong in a large workspace, and how soon proposals come.
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { packageRoot } from '../cli/package.ts';
import { LanguageServer } from '../editor/language-server.ts';
import { FLOW_START } from '../editor/manifest-text.ts';
import { YamlServer } from '../editor/yaml-server.ts';

const usage = `npm run bench -- lsp [--files 1000] [--keystrokes 40]

Opens one of so many flows (copies of the example flows, each under a name of its own, with a mistake in the last) in vrsky lsp and measures,
from the start of the process: the first diagnostics of the open file, those of the last file of the workspace; then from a keystroke to
its diagnostics, and completion in vrsky lsp and in the stock YAML language server. The promises: under 3 s, under 100 ms, under 200 ms.
Beside the time that passed stands the processor time of the server until then (Linux): on a busy machine that tells more.`;

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      files: { type: 'string', default: '1000' },
      keystrokes: { type: 'string', default: '40' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-bench-lsp-'));
  try {
    await measureServer(directory, Number(values.files), Number(values.keystrokes));
  } finally {
    await rm(directory, { recursive: true });
  }
  await measureYamlServer(Number(values.keystrokes));
}

/** The mistake that is put in and taken out again. */
const wrong = (text: string) => text.replace(/^kind: Flow$/m, 'kind: Flwo');

async function measureServer(directory: string, files: number, keystrokes: number): Promise<void> {
  const texts = await fill(directory, files);
  const root = await packageRoot();
  const uriOf = (file: string) => pathToFileURL(path.join(directory, file)).href;
  const first = '0.vrsky.yaml';
  const last = `${files - 1}.vrsky.yaml`;
  const startedAt = performance.now();
  const since = (start: number) => performance.now() - start;
  const server = new LanguageServer([path.join(root, 'bin/vrsky.mjs'), 'lsp', '--stdio']);
  const mark = () => ({ ms: since(startedAt), cpuMs: processorMs(server.pid) });
  const told = server.published(uriOf(first)).then(mark);
  const toldAll = server.published(uriOf(last)).then(mark);
  await server.initialize(uriOf(''));
  server.open(uriOf(first), wrong(texts[0] as string));
  const [one, all] = [await told, await toldAll];
  print(`first diagnostics of the open file, of ${files}`, one.ms, 3000, one.cpuMs);
  print('diagnostics of the last file', all.ms, 3000, all.cpuMs);
  const typed: number[] = [];
  for (let index = 0; index < keystrokes; index++) {
    const isWrong = index % 2 === 1;
    const published = server.published(uriOf(first), (found) => found.length > 0 === isWrong);
    const at = performance.now();
    const text = isWrong ? wrong(texts[0] as string) : (texts[0] as string);
    server.notify('textDocument/didChange', {
      textDocument: { uri: uriOf(first), version: index + 2 },
      contentChanges: [{ text }],
    });
    await published;
    typed.push(since(at));
  }
  print('from a keystroke to its diagnostics', median(typed), 100);
  const asked: number[] = [];
  const line = (texts[0] as string)
    .split('\n')
    .findIndex((one) => one.includes('when:') || one.includes('expression:'));
  for (let index = 0; index < keystrokes; index++) {
    const at = performance.now();
    await server.request('textDocument/completion', {
      textDocument: { uri: uriOf(first) },
      position: { line: line + 1, character: 12 },
    });
    asked.push(since(at));
  }
  print('completion by vrsky lsp', median(asked), 200);
  await server.stop();
}

async function measureYamlServer(rounds: number): Promise<void> {
  const server = await YamlServer.start();
  const asked: number[] = [];
  for (let index = 0; index < rounds; index++) {
    const at = performance.now();
    await server.complete(`${FLOW_START}  steps:\n    - ¦\n`);
    asked.push(performance.now() - at);
  }
  print('completion by the YAML language server', median(asked), 200);
  await server.stop();
}

/** So many flows, the last with a mistake; answers their texts. */
async function fill(directory: string, files: number): Promise<readonly string[]> {
  const flows = path.join(await packageRoot(), 'flows');
  await cp(path.join(flows, 'samples'), path.join(directory, 'samples'), { recursive: true });
  const names = (await readdir(flows)).filter((file) => file.endsWith('.vrsky.yaml')).toSorted();
  const examples = await Promise.all(names.map((name) => readFile(path.join(flows, name), 'utf8')));
  const texts = Array.from({ length: files }, (_, index) =>
    (examples[index % examples.length] as string)
      .replace(/^( {2}name: .*)$/m, `$1-${index}`)
      // No two files of a real workspace hold the same mapping.
      .replace(/^( +)\w+: \|\n/gm, `$&$1  /* ${index} */\n`),
  );
  await Promise.all(
    texts.map((text, index) =>
      writeFile(path.join(directory, `${index}.vrsky.yaml`), index === files - 1 ? wrong(text) : text),
    ),
  );
  return texts;
}

/** What a process has used so far; undefined where /proc is not. */
function processorMs(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    // Ticks of 10 ms in user and system mode.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] as number;
}

function print(what: string, ms: number, promised: number, cpuMs?: number): void {
  const late = ms < promised ? '' : `  ← more than ${promised} ms`;
  const cpu = cpuMs === undefined ? '' : ` (${cpuMs} ms of processor time)`;
  process.stdout.write(`${ms.toFixed(ms < 10 ? 1 : 0).padStart(6)} ms  ${what}${cpu}${late}\n`);
}
