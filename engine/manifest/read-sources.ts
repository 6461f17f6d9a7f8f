// Finds manifest files and reads them: paths, directories, standard input. What cannot be read is a diagnostic.
import { type Dirent, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { diagnose, FILE_START } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Code } from '../diagnostics/registry.ts';
import { decodeSource, tooLarge } from './decode-source.ts';
import { readStdin } from './read-stdin.ts';
import { SOURCE_LIMITS, type Source } from './source.ts';

export interface ReadOptions {
  /** Relative paths are resolved against it; the process's own when absent. */
  readonly workingDirectory?: string;
  /** The bytes of standard input, for the path `-`. */
  readonly stdin?: () => Uint8Array;
  readonly maxBytes?: number;
  /** Whether directories give `*.test.yaml` too. */
  readonly tests?: boolean;
}

export interface ReadSources {
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The name that diagnostics give to standard input. */
export const STDIN_NAME = '<stdin>';

const MANIFEST = /\.ya?ml$/i;
const TEST = /\.test\.ya?ml$/i;

/**
 * Reads files, directories (recursively: `*.yaml` and `*.yml`, without `*.test.yaml` unless asked for, `node_modules` and names that begin with a dot)
 * and `-` for standard input. A file named twice is read once. Sources come in the order of the paths, files of a directory by name.
 */
export function readSources(paths: readonly string[], options: ReadOptions = {}): ReadSources {
  const reader = new SourceReader(options);
  for (const one of paths) reader.add(one);
  return { sources: reader.sources, diagnostics: reader.diagnostics };
}

/** Whether a file of a directory is read as a manifest, with `tests` also as one of a test. */
export function isManifestFile(name: string, tests = false): boolean {
  return MANIFEST.test(name) && (tests || !TEST.test(name)) && !path.basename(name).startsWith('.');
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

class SourceReader {
  readonly sources: Source[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #options: ReadOptions;
  /** Real paths of files and directories: links may lead to the same one many times. */
  readonly #visited = new Set<string>();

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  add(file: string): void {
    if (file === '-') this.#addStdin();
    else this.#addPath(path.normalize(file));
  }

  #addPath(name: string): void {
    const found = this.#stat(name);
    if (found === 'directory') this.#addTop(name);
    else if (found !== undefined) this.#addFile(name, found.size);
  }

  #addTop(name: string): void {
    const before = this.sources.length + this.diagnostics.length;
    this.#addDirectory(name, []);
    if (this.sources.length + this.diagnostics.length > before) return;
    const help = 'Manifests are files that end in .yaml or .yml.';
    this.#report('VRS1012', name, `There is no manifest in the directory ${name}`, help);
  }

  #addStdin(): void {
    try {
      this.#addBytes(STDIN_NAME, (this.#options.stdin ?? readStdin)());
    } catch (error) {
      this.#unreadable(STDIN_NAME, error);
    }
  }

  /** `above` holds the real paths of the directories that led here: one of them again means a loop of links. */
  #addDirectory(name: string, above: readonly string[]): void {
    try {
      const real = realpathSync(this.#resolve(name));
      if (above.includes(real)) {
        const message = `The link ${name} leads back to a directory that contains it`;
        this.#report('VRS1011', name, message, 'Remove the link.');
      } else if (!this.#visited.has(real)) {
        this.#visited.add(real);
        const inside = [...above, real];
        for (const entry of readdirSync(real, { withFileTypes: true }).toSorted(byName))
          this.#addEntry(path.join(name, entry.name), entry, inside);
      }
    } catch (error) {
      this.#unreadable(name, error);
    }
  }

  #addEntry(name: string, entry: Dirent, above: readonly string[]): void {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return;
    const wanted = isManifestFile(entry.name, this.#options.tests);
    if (entry.isFile() && !wanted) return;
    const found = this.#stat(name, wanted);
    if (found === 'directory') this.#addDirectory(name, above);
    // What is no link is where it is: finding that out again takes longer than reading it.
    else if (wanted && found !== undefined)
      this.#addFile(name, found.size, entry.isFile() ? path.join(entry.parentPath, entry.name) : undefined);
  }

  /** What a path is; undefined after reporting why it cannot be told (`report` false: an entry that nobody asked for). */
  #stat(name: string, report = true): 'directory' | { readonly size: number } | undefined {
    try {
      const stat = statSync(this.#resolve(name));
      if (stat.isDirectory()) return 'directory';
      if (stat.isFile()) return { size: stat.size };
      if (report)
        this.#report(
          'VRS1009',
          name,
          `${name} is neither a file nor a directory`,
          'Give a file, a directory, or - for standard input.',
        );
    } catch (error) {
      if (report) this.#unreadable(name, error);
    }
    return undefined;
  }

  /** `known`: its real path. */
  #addFile(name: string, size: number, known?: string): void {
    const maxBytes = this.#options.maxBytes ?? SOURCE_LIMITS.maxBytes;
    try {
      const real = known ?? realpathSync(this.#resolve(name));
      if (this.#visited.has(real)) return;
      this.#visited.add(real);
      if (size > maxBytes) this.diagnostics.push(tooLarge(name, size, maxBytes));
      else this.#addBytes(name, readFileSync(real));
    } catch (error) {
      this.#unreadable(name, error);
    }
  }

  #addBytes(name: string, bytes: Uint8Array): void {
    const { value, diagnostics } = decodeSource(name, bytes, this.#options.maxBytes);
    if (value !== undefined) this.sources.push(value);
    this.diagnostics.push(...diagnostics);
  }

  #unreadable(name: string, error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      const help = 'Is it a typing mistake, or a link to something that is gone?';
      this.#report('VRS1010', name, `There is no file or directory ${name}`, help);
    } else if (code === 'ELOOP') {
      this.#report('VRS1011', name, `The link ${name} leads to itself`, 'Remove the link.');
    } else {
      const why = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : message;
      this.#report(
        'VRS1009',
        name,
        `${name} cannot be read: ${why}`,
        'Check who owns it and its permissions.',
      );
    }
  }

  #report(code: Code, file: string, message: string, help: string): void {
    this.diagnostics.push(diagnose(code, file, FILE_START, message, { help }));
  }

  #resolve(name: string): string {
    return path.resolve(this.#options.workingDirectory ?? '', name);
  }
}
