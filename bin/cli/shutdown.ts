// Ctrl-C and SIGTERM: the first asks to drain, the second leaves at once.
import { narrate } from './narrate.ts';

/** Resolves with 130 (SIGINT) or 143 (SIGTERM) at the first signal; a second one ends the process. */
export function untilSignal(): Promise<130 | 143> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (code: 130 | 143) => () => {
      if (asked) process.exit(code);
      asked = true;
      narrate('stopping: finishing what is in hand (again to leave at once)');
      resolve(code);
    };
    process.on('SIGINT', onSignal(130));
    process.on('SIGTERM', onSignal(143));
  });
}
