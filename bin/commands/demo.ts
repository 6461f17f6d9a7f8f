// vrsky demo: runs the example flows over their sample documents to the end; this is `npm start`.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { deploy, manualOwner } from '../cli/deploy.ts';
import type { Session } from '../cli/dev-session.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { createLog, type Level } from '../cli/log.ts';
import { loadFlows } from '../cli/manifests.ts';
import { narrate, paint, print } from '../cli/narrate.ts';
import { packageRoot } from '../cli/package.ts';
import type { Peers } from '../demo/peers.ts';

/** The demo's own folder: emptied at every run. */
const folder = path.join('.vrsky', 'demo');
const secret = 'demo-secret';
const patienceMs = 30_000;

export function demoCommand(): Command {
  return new Command('demo')
    .description('Run the example flows over their sample documents to the end and show what happened.')
    .addOption(
      new Option('--log-level <level>', 'least level to log')
        .choices(['debug', 'info', 'warn', 'error'])
        .default('error'),
    )
    .addHelpText('after', '\nExample:\n  npm start')
    .action(demo);
}

async function demo(options: { readonly logLevel: Level }): Promise<void> {
  const { openSession } = await import('../cli/dev-session.ts');
  const { startPeers } = await import('../demo/peers.ts');
  const flows = path.join(await packageRoot(), 'flows');
  const samples = path.join(flows, 'samples');
  await Promise.all(
    [folder, path.join('out', 'invoices'), path.join('out', 'countries'), path.join('out', 'prices')].map(
      (dir) => rm(dir, { recursive: true, force: true }),
    ),
  );
  const peers = await startPeers(samples, 0);
  const hookPort = await freePort();
  setEnvironment(peers, hookPort);
  narrate('1. starting the engine with an embedded NATS server');
  const log = createLog(options.logLevel, 'human');
  const graph = await loadFlows([flows]);
  const session = await openSession({
    dataDirectory: path.join(folder, 'nats'),
    payloadsDirectory: path.join(folder, 'payloads'),
    announce: false,
    workingDirectory: '.',
    graceMs: 5_000,
    log,
  });
  try {
    narrate(`2. applying ${graph.length} flows from ${path.relative('.', flows)}`);
    const options = { tenant: 'default', owner: manualOwner };
    await deploy(graph, options, session.connected, () => undefined);
    await session.startWorker();
    narrate('3. handing in sample documents');
    await feed(samples, hookPort, peers, session);
    narrate('');
    await showResults(session, peers);
  } finally {
    await session.stop();
    await peers.close();
  }
}

/** What the example flows read from their environment, unless the user said otherwise. */
function setEnvironment(peers: Peers, hookPort: number): void {
  Object.assign(process.env, {
    NORWAY_URL: peers.url,
    CHAT_URL: peers.url,
    PRICES_URL: peers.url,
    GITHUB_HOOK_PORT: String(hookPort),
    INVOICE_INBOX: path.join(folder, 'inbox', 'invoices'),
    COUNTRY_INBOX: path.join(folder, 'inbox', 'countries'),
    VRSKY_SECRET_GITHUB_WEBHOOK_SECRET: secret,
  });
}

async function feed(samples: string, hookPort: number, peers: Peers, session: Session): Promise<void> {
  const { feedFiles, feedWebhook } = await import('../demo/feed.ts');
  const invoices = await feedFiles(path.join(samples, 'invoices'), process.env.INVOICE_INBOX as string);
  const lists = await feedFiles(path.join(samples, 'countries'), process.env.COUNTRY_INBOX as string);
  await until('the webhook listens', () => accepts(hookPort));
  const events = await feedWebhook(
    path.join(samples, 'github'),
    `http://127.0.0.1:${hookPort}/hooks/github`,
    secret,
  );
  await until('three prices arrived', () => finished(session, { 'price-watch': 3 }));
  peers.changePrices();
  const expected = { invoices, countries: lists, 'github-to-chat': events, 'price-watch': 4 };
  await until('everything is delivered', () => finished(session, expected));
}

/** Whether every flow accepted what it was given and nothing waits any more. */
async function finished(
  { worker, connected }: Session,
  expected: Readonly<Record<string, number>>,
): Promise<boolean> {
  const { flows } = worker.report();
  const accepted = (flow: string) => flows.find((one) => one.flow === flow)?.accepted ?? 0;
  if (Object.entries(expected).some(([flow, count]) => accepted(flow) < count)) return false;
  const streams = await connected.cluster.listStreams();
  return streams.filter(({ spec }) => spec.retention === 'workqueue').every(({ messages }) => messages === 0);
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) {
      narrate(
        `${paint('red', '✗')} waited ${patienceMs / 1000} s in vain until ${what}; try: npm start -- --log-level debug`,
      );
      throw new ExitWith(exitCode.failed);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function showResults(session: Session, peers: Peers): Promise<void> {
  const { renderSummary } = await import('../demo/summary.ts');
  const { listDeadLetters } = await import('../../engine/runtime/dead-letter-box.ts');
  const received = path.join('out', 'received');
  await mkdir(received, { recursive: true });
  await writeFile(
    path.join(received, 'norway.json'),
    `${JSON.stringify(Object.fromEntries(peers.invoices), null, 2)}\n`,
  );
  await writeFile(path.join(received, 'chat.json'), `${JSON.stringify(peers.chat, null, 2)}\n`);
  print(renderSummary([...session.worker.report().flows].sort((a, b) => (a.flow < b.flow ? -1 : 1))));
  for await (const { view } of listDeadLetters(session.connected.cluster)) {
    print(`\ndead letter: ${view.flow}, step ${view.node}: ${view.code} ${view.causes[0]}`);
  }
  print(`
Results:
  out/invoices/<country>/<id>.json   invoices for the rest of the world
  out/received/norway.json           what the Norwegian partner's API got
  out/countries/countries.ndjson     the CSV list, a line per country
  out/received/chat.json             what the chat got from the GitHub webhook
  out/prices/<sku>.json              prices that changed

Next:
${nextSteps(path.relative('.', path.join(await packageRoot(), 'flows')))}`);
}

/** In a clone the flows are at hand; somebody who installed the package begins with flows of their own. */
function nextSteps(flows: string): string {
  if (flows === 'flows')
    return `  npm run dev                        keep running; edit a file in flows/ and watch it being applied
  npx vrsky validate flows           check manifests
  npx vrsky explain flow/invoices    what a flow compiles to and promises
  docs/concepts.md                   ten minutes about how it works`;
  return `  vrsky init my-flows                a folder of your own with a flow, its test and settings of editors
  vrsky compile --format mermaid ${path.join(flows, 'invoices.vrsky.yaml')}
                                     what one of these flows becomes`;
}

async function accepts(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/hooks/github`, { method: 'GET' });
    return true;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
