// The verbs as commander knows them; the CLI reference is generated from this.
import { Command } from 'commander';
import { applyCommand } from '../commands/apply.ts';
import { compileCommand } from '../commands/compile.ts';
import { demoCommand } from '../commands/demo.ts';
import { destroyCommand } from '../commands/destroy.ts';
import { devCommand } from '../commands/dev.ts';
import { diffCommand } from '../commands/diff.ts';
import { dlqCommand } from '../commands/dlq.ts';
import { doctorCommand } from '../commands/doctor.ts';
import { evalCommand } from '../commands/eval.ts';
import { explainCommand } from '../commands/explain.ts';
import { fmtCommand } from '../commands/fmt.ts';
import { historyCommand } from '../commands/history.ts';
import { inferCommand } from '../commands/infer.ts';
import { initCommand } from '../commands/init.ts';
import { lspCommand } from '../commands/lsp.ts';
import { payloadCommand } from '../commands/payload.ts';
import { planCommand } from '../commands/plan.ts';
import { playCommand } from '../commands/play.ts';
import { reconcileCommand } from '../commands/reconcile.ts';
import { resumeCommand } from '../commands/resume.ts';
import { rollbackCommand } from '../commands/rollback.ts';
import { runCommand } from '../commands/run.ts';
import { schemaCommand } from '../commands/schema.ts';
import { sendCommand } from '../commands/send.ts';
import { statusCommand } from '../commands/status.ts';
import { suspendCommand } from '../commands/suspend.ts';
import { tailCommand } from '../commands/tail.ts';
import { testCommand } from '../commands/test.ts';
import { validateCommand } from '../commands/validate.ts';
import { versionCommand } from '../commands/version.ts';

/** A fresh commander program; usage errors throw instead of ending the process. */
export function buildProgram(): Command {
  const program = new Command('vrsky')
    .description('Integration flows from YAML in git, run on NATS JetStream.')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .showSuggestionAfterError(true)
    .option('-V, --version', 'print the version')
    .addHelpText(
      'after',
      '\nExit codes: 0 done · 1 failed · 2 changes (--exit-code) · 3 manifests invalid · 4 usage · 5 refused for safety',
    );
  const verbs = [
    initCommand(),
    validateCommand(),
    testCommand(),
    playCommand(),
    fmtCommand(),
    compileCommand(),
    planCommand(),
    applyCommand(),
    diffCommand(),
    reconcileCommand(),
    runCommand(),
    devCommand(),
    statusCommand(),
    sendCommand(),
    tailCommand(),
    dlqCommand(),
    payloadCommand(),
    historyCommand(),
    rollbackCommand(),
    suspendCommand(),
    resumeCommand(),
    destroyCommand(),
    evalCommand(),
    inferCommand(),
    explainCommand(),
    schemaCommand(),
    lspCommand(),
    doctorCommand(),
    demoCommand(),
    versionCommand(),
  ];
  for (const verb of verbs) program.addCommand(verb);
  for (const command of [program, ...verbs, ...verbs.flatMap((verb) => verb.commands)])
    command.exitOverride();
  return program;
}
