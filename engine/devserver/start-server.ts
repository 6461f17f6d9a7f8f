// Runs a nats-server with JetStream as a child process that ends with its parent.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { VrskyError } from '../diagnostics/vrsky-error.ts';
import { findServer } from './find-server.ts';
import { lockStore } from './store-lock.ts';

export interface StartOptions {
  /** Keeps streams and buckets; survives restarts. */
  readonly storeDir: string;
  /** 0 (the default): a free one. */
  readonly port?: number;
  /** Unique within a cluster; `vrsky-dev` when absent. */
  readonly name?: string;
  /** More lines for the server's configuration file. */
  readonly config?: string;
  /** Which server; the one that {@link findServer} finds when absent. */
  readonly binary?: string | undefined;
  readonly onProgress?: (line: string) => void;
}

export interface DevServer {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it in good order and waits until it is gone. */
  stop(): Promise<void>;
  /** SIGKILL, for tests of what survives. */
  kill(): Promise<void>;
}

const startTimeoutMs = 15_000;

/** Listens on the loopback interface only. Throws VRS8005 when another server uses the store, VRS8006 when it does not start. */
export async function startServer(options: StartOptions): Promise<DevServer> {
  const binary = options.binary ?? (await foundServer(options));
  await mkdir(options.storeDir, { recursive: true });
  const release = await lockStore(options.storeDir);
  const scratch = await mkdtemp(path.join(tmpdir(), 'vrsky-nats-'));
  try {
    const config = path.join(scratch, 'server.conf');
    await writeFile(config, configText(options, scratch));
    const child = spawn(binary, ['--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    const said = lastWords(child);
    const killOnExit = () => child.kill('SIGKILL');
    process.once('exit', killOnExit);
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve())).finally(() =>
      process.off('exit', killOnExit),
    );
    const port = await boundPort(child, scratch, said);
    const end = async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await gone;
      await release();
      await rm(scratch, { recursive: true, force: true });
    };
    return {
      url: `nats://127.0.0.1:${port}`,
      port,
      pid: child.pid as number,
      stop: () => end('SIGINT'),
      kill: () => end('SIGKILL'),
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function foundServer({ onProgress }: StartOptions): Promise<string> {
  return (await findServer(onProgress === undefined ? {} : { onProgress })).path;
}

function configText({ storeDir, port, name, config }: StartOptions, scratch: string): string {
  return `
server_name: ${name ?? 'vrsky-dev'}
listen: "127.0.0.1:${port === undefined || port === 0 ? -1 : port}"
ports_file_dir: ${JSON.stringify(scratch)}
max_payload: 8MB
jetstream { store_dir: ${JSON.stringify(path.resolve(storeDir))} }
${config ?? ''}
`;
}

/** What the server wrote last, for the error when it does not start. */
function lastWords(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-2000);
  });
  return () => text.trim();
}

/** The server writes the ports it bound into a file once it accepts connections. */
async function boundPort(child: ChildProcess, scratch: string, said: () => string): Promise<number> {
  const file = path.join(scratch, `nats-server_${child.pid}.ports`);
  const giveUpAt = Date.now() + startTimeoutMs;
  while (Date.now() < giveUpAt && child.exitCode === null) {
    const port = await readPort(file);
    if (port !== undefined) return port;
    await sleep(10);
  }
  child.kill('SIGKILL');
  throw new VrskyError('VRS8006', 'the embedded nats-server did not start', {
    cause: new Error(said() || 'it said nothing'),
  });
}

async function readPort(file: string): Promise<number | undefined> {
  try {
    const { nats } = JSON.parse(await readFile(file, 'utf8')) as { readonly nats?: readonly string[] };
    const [url] = nats ?? [];
    return url === undefined ? undefined : Number(new URL(url).port);
  } catch {
    return undefined;
  }
}
