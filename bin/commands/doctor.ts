// vrsky doctor: checks what this machine and this server offer.
import { Command } from 'commander';
import { announcedServer } from '../cli/announced-server.ts';
import { type ConnectionOptions, openConnection, withConnection } from '../cli/connection.ts';
import { ExitWith, exitCode } from '../cli/exit-code.ts';
import { paint, print } from '../cli/narrate.ts';

interface Finding {
  /** Undefined: nothing to check. */
  readonly ok: boolean | undefined;
  readonly text: string;
}

export function doctorCommand(): Command {
  return withConnection(new Command('doctor'))
    .description('Check Node.js, the embedded nats-server and the connection, and say what to mend.')
    .addHelpText('after', '\nExamples:\n  vrsky doctor\n  vrsky doctor --server nats://localhost:4222')
    .action(examine);
}

async function examine(options: ConnectionOptions): Promise<void> {
  const findings = [nodeVersion(), await embeddedServer(), await connection(options)];
  for (const { ok, text } of findings) print(`${mark(ok)} ${text}`);
  if (findings.some(({ ok }) => ok === false)) throw new ExitWith(exitCode.failed);
}

function mark(ok: boolean | undefined): string {
  if (ok === undefined) return paint('gray', '–');
  return ok ? paint('green', '✓') : paint('red', '✗');
}

function nodeVersion(): Finding {
  const { node } = process.versions;
  const ok = Number(node.split('.')[0]) >= 24;
  return { ok, text: ok ? `Node.js ${node}` : `Node.js ${node}: vrsky needs 24 or newer` };
}

async function embeddedServer(): Promise<Finding> {
  const { findServer } = await import('../../engine/devserver/find-server.ts');
  try {
    const { path, version } = await findServer({ fetch: false });
    return { ok: true, text: `nats-server ${version} at ${path}` };
  } catch (error) {
    return { ok: false, text: `no nats-server on this machine: ${(error as Error).message}` };
  }
}

async function connection(options: ConnectionOptions): Promise<Finding> {
  try {
    const { cluster, broker } = await openConnection(options, 'vrsky doctor');
    const streams = await cluster.listStreams();
    await broker.close();
    return { ok: true, text: `connected to nats-server ${cluster.serverVersion}, ${streams.length} streams` };
  } catch (error) {
    const help = (error as { readonly help?: string }).help;
    const isExpected = options.server !== undefined || (await announcedServer()) !== undefined;
    return {
      ok: isExpected ? false : undefined,
      text: `${(error as Error).message}${help === undefined ? '' : ` — ${help}`}`,
    };
  }
}
