// Planning and applying 1,000 flows: how long each takes, in one process and as whole commands, and how many calls to the server it comes to.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openDeployment } from '../../engine/apply/open-deployment.ts';
import { startServer } from '../../engine/devserver/start-server.ts';
import { checkManifests } from '../../engine/flow/check.ts';
import { applyPorts } from '../../engine/nats/apply-ports.ts';
import { connectBroker } from '../../engine/nats/connect.ts';
import { renderTable } from '../cli/table.ts';
import { crashingPorts } from '../torture/converge/crashing-ports.ts';
import { buildPackage } from './built-package.ts';
import { spreadOf } from './rounds.ts';

const help = `npm run bench -- plan [--flows 1000] [--rounds 5]

First apply of all flows, a plan without changes, one flow changed and applied; on a server and without workers. Then whole commands from start
to exit, of the built package: the median of so many rounds after one that warms up, with the fastest and the slowest.
\n`;

const bounds = { first: 15_000, none: 1_500, one: 2_000 };

export async function run(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      flows: { type: 'string', default: '1000' },
      rounds: { type: 'string', default: '5' },
      help: { type: 'boolean' },
    },
  });
  if (values.help === true) {
    process.stdout.write(help);
    return;
  }
  const count = Number(values.flows);
  const directory = await mkdtemp(path.join(tmpdir(), 'vrsky-plan-bench-'));
  const server = await startServer({ storeDir: path.join(directory, 'nats') });
  const connected = await connectBroker({ servers: [server.url], name: 'bench plan' });
  const flows = path.join(directory, 'flows');
  await mkdir(flows);
  for (let index = 0; index < count; index++) await writeFlow(flows, index, 'id');
  const rows: string[][] = [];
  try {
    const step = async (name: string, bound: number, work: (ports: Ports) => Promise<string>) => {
      const ports = crashingPorts(applyPorts(connected), { done: false });
      const [began, cpu] = [performance.now(), process.cpuUsage()];
      const outcome = await work(ports);
      const ms = performance.now() - began;
      const { user, system } = process.cpuUsage(cpu);
      rows.push([
        name,
        outcome,
        `${Math.round(ms)} ms`,
        `${Math.round((user + system) / 1000)} ms`,
        bound === 0 ? '' : `${bound} ms`,
        String(ports.calls()),
      ]);
    };
    const read = async () => {
      const { value, diagnostics } = await checkManifests([flows], { env: () => undefined });
      if (diagnostics.length > 0) throw new Error(diagnostics[0]?.message);
      return value.flows;
    };
    let graphs = await read();
    await step('read and check the manifests', 0, async () => {
      graphs = await read();
      return `${graphs.length} flows`;
    });
    await step('first apply', bounds.first, (ports) => apply(ports, graphs));
    await step('plan, nothing changed', bounds.none, (ports) => plan(ports, graphs));
    await writeFlow(flows, Math.floor(count / 2), 'id + 1');
    graphs = await read();
    await step('plan, one flow changed', bounds.none, (ports) => plan(ports, graphs));
    await step('apply, one flow changed', bounds.one, (ports) => apply(ports, graphs));
    await step('apply, nothing changed', bounds.one, (ports) => apply(ports, graphs));
    const vrsky = await buildPackage(path.join(directory, 'package'));
    const command = (verb: readonly string[], bound: number, prepare: (round: number) => Promise<void>) =>
      wholeCommand(
        vrsky,
        { verb: [...verb, 'flows'], cwd: directory, server: server.url },
        Number(values.rounds),
        prepare,
      ).then((took) => rows.push([`vrsky ${verb[0]}, the whole command`, '', took, '', `${bound} ms`, '']));
    await command(['plan', '--owner', 'bench'], bounds.none, async () => undefined);
    await command(['apply', '--owner', 'bench'], bounds.one, (round) =>
      writeFlow(flows, 7, `id + ${round + 2}`),
    );
  } finally {
    await connected.broker.close();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
  process.stdout.write(
    `${renderTable(['step', 'outcome', 'took', 'CPU of the client', 'bound', 'server calls'], rows)}\n`,
  );
}

type Ports = Parameters<typeof openDeployment>[0];
type Graphs = Awaited<ReturnType<typeof checkManifests>>['value']['flows'];

async function plan(ports: Ports, flows: Graphs): Promise<string> {
  const { value } = await openDeployment(ports).plan({ flows, tenant: 'default', owner: 'bench' });
  return `${value?.changes.length} changes`;
}

async function apply(ports: Ports, flows: Graphs): Promise<string> {
  const deployment = openDeployment(ports);
  const { value } = await deployment.plan({ flows, tenant: 'default', owner: 'bench' });
  if (value === undefined) throw new Error('the flows do not compile');
  const outcome = await deployment.apply(value);
  if (outcome.kind !== 'applied') throw new Error(JSON.stringify(outcome));
  return `${outcome.changes.length} changes`;
}

interface Command {
  readonly verb: readonly string[];
  readonly cwd: string;
  readonly server: string;
}

/** `prepare` is not measured. */
async function wholeCommand(
  vrsky: string,
  { verb, cwd, server }: Command,
  rounds: number,
  prepare: (round: number) => Promise<void>,
): Promise<string> {
  const took: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    await prepare(round);
    const began = performance.now();
    await promisify(execFile)(process.execPath, [vrsky, ...verb], {
      cwd,
      env: { ...process.env, VRSKY_SERVER: server },
    });
    if (round > 0) took.push(performance.now() - began);
  }
  const { median, least, most } = spreadOf(took);
  return `${Math.round(median)} ms (${Math.round(least)}–${Math.round(most)})`;
}

async function writeFlow(directory: string, index: number, expression: string): Promise<void> {
  await writeFile(
    path.join(directory, `flow-${index}.yaml`),
    `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: flow-${index} }
spec:
  consumers:
    - { name: hook, type: http, port: 8080, path: /in/${index} }
  steps:
    - name: shape
      type: map
      expression: |
        { "id": ${expression} }
    - name: large
      type: filter
      when: |
        id > 10
  producers:
    - { name: print, type: log }
    - { name: sink, type: http, url: "http://127.0.0.1:9/${index}" }
`,
  );
}
