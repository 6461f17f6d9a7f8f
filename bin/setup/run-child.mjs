// Runs a program, hands signals on, and answers how it ended.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** With `capture`, stdout is answered as text (and stderr too for `npm`'s sake only when the program fails). */
export function runChild(program, args, { env = process.env, capture = false, shell = false } = {}) {
  return new Promise((resolve) => {
    const quiet = capture && program === 'npm';
    const child = spawn(program, args, {
      env,
      shell,
      stdio: ['inherit', capture ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
    const handOn = (signal) => child.kill(signal);
    // Ctrl-C reaches the child by the terminal itself; here it only must not end the parent first.
    const wait = () => undefined;
    process.on('SIGINT', wait);
    process.on('SIGTERM', handOn);
    const end = (code) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', handOn);
      resolve({ code, stdout, stderr });
    };
    child.once('error', (error) => {
      process.stderr.write(`setup: cannot run ${program}: ${error.message}\n`);
      end(1);
    });
    child.once('close', (code, signal) => end(code ?? 128 + constants.signals[signal]));
  });
}
