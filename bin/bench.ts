// npm run bench: named cases, each a module that measures and prints.

interface BenchCase {
  readonly about: string;
  /** `argv` is what follows the name of the case. */
  readonly run: (argv: readonly string[]) => Promise<void>;
}

const cases: Readonly<Record<string, BenchCase>> = {
  throughput: {
    about:
      'a stage between two streams (map + filter, and pass-through) against a bare program, 1, 2 and 4 workers',
    run: async (argv) => (await import('./bench/throughput.bench.ts')).run(argv),
  },
  latency: {
    about:
      'time through a stage at 1,000, 5,000 and 20,000 messages a second (open loop), against publish → consume alone',
    run: async (argv) => (await import('./bench/latency.bench.ts')).run(argv),
  },
  webhook: {
    about:
      'HTTP in → stored → 202 over 64 keep-alive connections, against node:http that publishes and waits',
    run: async (argv) => (await import('./bench/webhook.bench.ts')).run(argv),
  },
  fanout: {
    about: 'one message to five producers, against a bare program',
    run: async (argv) => (await import('./bench/fanout.bench.ts')).run(argv),
  },
  scale: {
    about:
      '1, 100 and 1,000 flows of three stages: start-up, idle CPU, memory per flow, throughput against a bare program',
    run: async (argv) => (await import('./bench/scale.bench.ts')).run(argv),
  },
  soak: {
    about: 'mixed traffic for minutes: does memory or the number of handles grow? (--minutes)',
    run: async (argv) => (await import('./bench/soak.bench.ts')).run(argv),
  },
  peers: {
    about: 'the flow of throughput on bento or redpanda-connect, when one is on PATH',
    run: async (argv) => (await import('./bench/peers.bench.ts')).run(argv),
  },
  flow: {
    about: 'the invoices flow at 2,000 messages a second: XML → JSON → map → filter → route → HTTP and files',
    run: async (argv) => (await import('./bench/flow.bench.ts')).run(argv),
  },
  ordering: {
    about:
      'what order per key costs: a backlog without it, and over 1, 8 and 32 lanes (--messages, --keys, --rounds)',
    run: async (argv) => (await import('./bench/ordering.bench.ts')).run(argv),
  },
  backlog: {
    about: 'memory of a worker with a backlog of 1,000,000 messages',
    run: async (argv) => (await import('./bench/backlog.bench.ts')).run(argv),
  },
  payload: {
    about:
      'payloads up to 4 GiB through S3, files and HTTP: memory, and speed against bare streams (--sizes, --routes, --store disk, --inline 32KiB)',
    run: async (argv) => (await import('./bench/payload.bench.ts')).run(argv),
  },
  inline: {
    about: 'what payload references cost messages that need none: a flow with a store, and one without',
    run: async (argv) => (await import('./bench/inline.bench.ts')).run(argv),
  },
  threshold: {
    about: 'from which size on payloads had better travel by reference (--sizes, --total)',
    run: async (argv) => (await import('./bench/threshold.bench.ts')).run(argv),
  },
  plan: {
    about: 'plan and apply 1,000 flows: first, nothing changed, one changed; server calls (--flows)',
    run: async (argv) => (await import('./bench/plan.bench.ts')).run(argv),
  },
  reconcile: {
    about: 'from the call of a webhook to the applied commit (--pushes, --flows)',
    run: async (argv) => (await import('./bench/reconcile.bench.ts')).run(argv),
  },
  tests: {
    about: 'vrsky test with 1,000 tests of the invoices flow (--tests)',
    run: async (argv) => (await import('./bench/tests.bench.ts')).run(argv),
  },
  lsp: {
    about:
      'vrsky lsp in a workspace of 1,000 flows: diagnostics, keystrokes, completion (--files, --keystrokes)',
    run: async (argv) => (await import('./bench/lsp.bench.ts')).run(argv),
  },
  check: {
    about: 'checking manifests that are made to cost time, against the promise of 2 s (--rounds)',
    run: async (argv) => (await import('./bench/check.bench.ts')).run(argv),
  },
  expression: {
    about: 'expressions against the jsonata package and against hand-written JavaScript',
    run: async (argv) => (await import('../engine/expression/bench/expression.bench.ts')).run(argv),
  },
  limits: {
    about:
      'how long hostile expressions keep the event loop from turning, against their limit of 100 ms (--only, --rounds, --top)',
    run: async (argv) => {
      // As in a worker, whose pauses to collect garbage this measures too.
      (await import('./cli/young-generation.ts')).boundWorkerHeap();
      await (await import('../engine/expression/bench/limits.bench.ts')).run(argv);
    },
  },
};

const [name, ...argv] = process.argv.slice(2);
if (name !== undefined && !Object.hasOwn(cases, name)) {
  const list = Object.entries(cases).map(([key, { about }]) => `  ${key.padEnd(12)} ${about}`);
  process.stdout.write(`npm run bench -- [CASE] [--help]\n\n${list.join('\n')}\n\nWithout a case: flow.\n`);
  process.exit(name === '--help' ? 0 : 4);
}
// Servers and engines end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
await (cases[name ?? 'flow'] as BenchCase).run(argv);
