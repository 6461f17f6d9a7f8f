// Checks again only what changed: for whoever checks the same files many times, each time with few others.
import type { Source } from '../manifest/source.ts';
import {
  type CheckedSource,
  type ParsedSource,
  type SourceChecker,
  type SourceCheckOptions,
  sourceChecker,
} from './check-source.ts';
import type { DraftEnvironment } from './environments/draft-environment.ts';
import type { ReadFile } from './sample-files.ts';

/** What `env` finds may be another each time: there is none. */
export type KeptCheckOptions = Omit<SourceCheckOptions, 'env' | 'readFile'>;

/** What a file came to last. */
interface Kept {
  readonly text: string;
  readonly parsed: ParsedSource;
  checked?: Checked;
}

/** A check with all that it looked at beside the file itself. */
interface Checked {
  readonly environments: readonly DraftEnvironment[];
  /** Other files: their bytes, or why they could not be read. */
  readonly reads: ReadonlyMap<string, Uint8Array | string>;
  readonly value: CheckedSource;
}

export class KeptChecker {
  readonly #options: KeptCheckOptions;
  #checker: Promise<SourceChecker> | undefined;
  #readFile: ReadFile = () => new Uint8Array();
  #reads = new Map<string, Uint8Array | string>();
  #before: ReadonlyMap<string, Kept> = new Map();
  #now = new Map<string, Kept>();

  constructor(options: KeptCheckOptions) {
    this.#options = options;
  }

  /** A checker for the files as they are now, one at a time: it forgets those that its predecessor was not asked about. */
  async next(readFile: ReadFile): Promise<SourceChecker> {
    this.#checker ??= sourceChecker({ ...this.#options, readFile: (file) => this.#read(file) });
    const checker = await this.#checker;
    this.#readFile = readFile;
    this.#before = this.#now;
    this.#now = new Map();
    return {
      parse: (source) => this.#parse(source, checker),
      check: (parsed, environments) => this.#check(parsed, environments, checker),
    };
  }

  #read(file: string): Uint8Array {
    const found = this.#peek(file);
    this.#reads.set(file, found);
    if (typeof found === 'string') throw new Error(found);
    return found;
  }

  async #parse(source: Source, checker: SourceChecker): Promise<ParsedSource> {
    const before = this.#before.get(source.file);
    const kept =
      before?.text === source.text ? before : { text: source.text, parsed: await checker.parse(source) };
    this.#now.set(source.file, kept);
    return kept.parsed;
  }

  async #check(
    parsed: ParsedSource,
    environments: readonly DraftEnvironment[],
    checker: SourceChecker,
  ): Promise<CheckedSource> {
    const kept = this.#now.get(parsed.source.file);
    if (kept?.checked !== undefined && this.#holds(kept.checked, environments)) return kept.checked.value;
    const reads = new Map<string, Uint8Array | string>();
    this.#reads = reads;
    const value = await checker.check(parsed, environments);
    if (kept?.parsed === parsed) kept.checked = { environments, reads, value };
    return value;
  }

  #holds({ environments, reads }: Checked, now: readonly DraftEnvironment[]): boolean {
    const isSameList = environments.length === now.length && now.every((one, at) => one === environments[at]);
    return isSameList && [...reads].every(([file, before]) => isSameContent(before, this.#peek(file)));
  }

  #peek(file: string): Uint8Array | string {
    try {
      return this.#readFile(file);
    } catch (error) {
      return (error as Error).message;
    }
  }
}

function isSameContent(a: Uint8Array | string, b: Uint8Array | string): boolean {
  if (a === b) return true;
  return typeof a !== 'string' && typeof b !== 'string' && Buffer.compare(a, b) === 0;
}
