// The verbs as commander knows them; the CLI reference is generated from this.
import { Command } from 'commander';

/** In the order of the help. */
const verbs: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('../commands/init.ts')).initCommand(),
  validate: async () => (await import('../commands/validate.ts')).validateCommand(),
  test: async () => (await import('../commands/test.ts')).testCommand(),
  play: async () => (await import('../commands/play.ts')).playCommand(),
  fmt: async () => (await import('../commands/fmt.ts')).fmtCommand(),
  compile: async () => (await import('../commands/compile.ts')).compileCommand(),
  plan: async () => (await import('../commands/plan.ts')).planCommand(),
  apply: async () => (await import('../commands/apply.ts')).applyCommand(),
  diff: async () => (await import('../commands/diff.ts')).diffCommand(),
  reconcile: async () => (await import('../commands/reconcile.ts')).reconcileCommand(),
  run: async () => (await import('../commands/run.ts')).runCommand(),
  dev: async () => (await import('../commands/dev.ts')).devCommand(),
  status: async () => (await import('../commands/status.ts')).statusCommand(),
  send: async () => (await import('../commands/send.ts')).sendCommand(),
  tail: async () => (await import('../commands/tail.ts')).tailCommand(),
  dlq: async () => (await import('../commands/dlq.ts')).dlqCommand(),
  payload: async () => (await import('../commands/payload.ts')).payloadCommand(),
  history: async () => (await import('../commands/history.ts')).historyCommand(),
  rollback: async () => (await import('../commands/rollback.ts')).rollbackCommand(),
  suspend: async () => (await import('../commands/suspend.ts')).suspendCommand(),
  resume: async () => (await import('../commands/resume.ts')).resumeCommand(),
  destroy: async () => (await import('../commands/destroy.ts')).destroyCommand(),
  eval: async () => (await import('../commands/eval.ts')).evalCommand(),
  infer: async () => (await import('../commands/infer.ts')).inferCommand(),
  explain: async () => (await import('../commands/explain.ts')).explainCommand(),
  schema: async () => (await import('../commands/schema.ts')).schemaCommand(),
  lsp: async () => (await import('../commands/lsp.ts')).lspCommand(),
  doctor: async () => (await import('../commands/doctor.ts')).doctorCommand(),
  demo: async () => (await import('../commands/demo.ts')).demoCommand(),
  version: async () => (await import('../commands/version.ts')).versionCommand(),
};

/** A fresh commander program; usage errors throw instead of ending the process. With the name of a verb it has that one alone: starts load no more. */
export async function buildProgram(named = ''): Promise<Command> {
  const program = new Command('vrsky')
    .description('Integration flows from YAML in git, run on NATS JetStream.')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .option('-V, --version', 'print the version')
    .addHelpText(
      'after',
      '\nExit codes: 0 done · 1 failed · 2 changes (--exit-code) · 3 manifests invalid · 4 usage · 5 refused for safety',
    );
  const wanted = Object.hasOwn(verbs, named) ? [verbs[named]] : Object.values(verbs);
  const loaded = await Promise.all(wanted.flatMap((load) => (load === undefined ? [] : [load()])));
  for (const verb of loaded) program.addCommand(verb);
  for (const command of [program, ...loaded, ...loaded.flatMap((verb) => verb.commands)])
    command.exitOverride();
  return program;
}
