// Runs a small program to its end, bounded in time; undefined instead of an exit code when there is no such program.
import { spawn } from 'node:child_process';

export interface BoundedAnswer {
  readonly exitCode: number | undefined;
  readonly stderr: string;
}

export function spawnBounded(
  program: string,
  args: readonly string[],
  options: { readonly input: Uint8Array; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<BoundedAnswer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], {
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8' },
      stdio: ['pipe', 'ignore', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      signal: options.signal,
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString('utf8')).slice(-4096);
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input);
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ exitCode: undefined, stderr });
      else reject(error);
    });
    child.once('close', (code) => resolve({ exitCode: code ?? 128, stderr }));
  });
}
