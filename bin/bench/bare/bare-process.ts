// Runs the bare programs as processes of their own, as the engine is one.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

export class BareProcess {
  readonly #child: ChildProcess;
  /** What it said when it was ready. */
  readonly said: string;

  /** `program`: a file of this folder, which reads the argument as JSON from its standard input. Resolves when it writes its first line. */
  static async start(program: string, argument: unknown): Promise<BareProcess> {
    const file = path.join(import.meta.dirname, program);
    const child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin?.end(JSON.stringify(argument));
    process.once('exit', () => child.kill('SIGKILL'));
    const said = await new Promise<string>((resolve, reject) => {
      child.stdout?.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
      child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
    });
    return new BareProcess(child, said);
  }

  private constructor(child: ChildProcess, said: string) {
    this.#child = child;
    this.said = said;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await gone;
  }
}
