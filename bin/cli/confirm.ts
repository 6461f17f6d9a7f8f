// Asks a person before something cannot be taken back.
import { createInterface } from 'node:readline/promises';
import { narrate } from './narrate.ts';

/** Off a terminal nobody can be asked: says which option answers instead, and answers no. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    narrate(`${question} Nobody can be asked here: repeat with --yes.`);
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
