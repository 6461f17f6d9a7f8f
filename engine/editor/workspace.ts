// The manifests of a workspace as they are in the editor at this moment, with everything that is wrong with them.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkTopology, compileAlone } from '../compile/compile.ts';
import type { CompiledFlow } from '../compile/program.ts';
import { sortDiagnostics } from '../diagnostics/diagnose.ts';
import type { Diagnostic, Result } from '../diagnostics/diagnostic.ts';
import { type SourceChecker, sourceChecker } from '../flow/check-source.ts';
import { checkTogether } from '../flow/check-together.ts';
import type { FlowGraph } from '../flow/graph.ts';
import { type ReadFile, sampleReader } from '../flow/sample-files.ts';
import { builtinSchemas, type SchemaSet } from '../manifest/schema-set.ts';
import { SchemaReader } from '../manifest/schema-view.ts';
import type { Source } from '../manifest/source.ts';
import { checkFile, type FileState } from './file-state.ts';
import { WaitingFiles } from './waiting-files.ts';
import type { World } from './world.ts';

export interface WorkspaceOptions {
  /** Files are named relative to it. */
  readonly root: string;
  readonly schemas?: SchemaSet;
  /** The Environment among the manifests whose values and patches apply. */
  readonly environment?: string;
  /** Replaces the checker of `vrsky validate`. */
  readonly checker?: SourceChecker;
  /** Replaces reading samples from the file system. */
  readonly readFile?: ReadFile;
  /** The text of a file that is open in the editor: it counts before what is on disk. */
  readonly openText?: (file: string) => string | undefined;
}

export type Changes = ReadonlyMap<string, readonly Diagnostic[]>;

/** Milliseconds of checking after which others get their turn. */
const sliceMs = 15;

export class Workspace {
  readonly #root: string;
  readonly #environment: string | undefined;
  readonly #checker: SourceChecker;
  readonly #reader: SchemaReader;
  readonly #samples: SampleFiles;
  readonly #states = new Map<string, FileState>();
  /** Files that hold environments. */
  readonly #withEnvironments = new Set<string>();
  readonly #waiting = new WaitingFiles();
  readonly #compiled = new WeakMap<FlowGraph, Result<CompiledFlow>>();
  readonly #topology = new WeakMap<FlowGraph, readonly Diagnostic[]>();
  /** As told last, by file, for those that have any. */
  readonly #diagnostics = new Map<string, readonly Diagnostic[]>();

  private constructor(options: WorkspaceOptions, checker: SourceChecker, samples: SampleFiles) {
    this.#root = options.root;
    this.#environment = options.environment;
    this.#checker = checker;
    this.#samples = samples;
    this.#reader = new SchemaReader(options.schemas ?? builtinSchemas());
  }

  static async open(options: WorkspaceOptions): Promise<Workspace> {
    const { readFile, openText } = options;
    const samples = new SampleFiles(() => openFirst(openText, readFile ?? sampleReader(options.root)));
    const checker = options.checker ?? (await sourceChecker({ ...options, readFile: samples.read }));
    return new Workspace(options, checker, samples);
  }

  /** A file has this text now; `urgent` when somebody looks at it. */
  set(file: string, text: string, urgent = false): void {
    this.#waiting.add({ file, text }, urgent);
  }

  /** A file is gone. */
  remove(file: string): void {
    this.#waiting.drop(file);
    this.#states.delete(file);
  }

  /** A file that is no manifest is another now: manifests that look into it are checked again. */
  touch(file: string): void {
    if (!this.#samples.isRead(file)) return;
    this.#samples.forget();
    this.#recheck(({ source }) => this.#samples.isReadBy(source.file, file));
  }

  /**
   * Checks what is new and tells the diagnostics of every file that has others than before: while there is much to check first what is
   * known of each file on its own, and at the end what files say about each other, too.
   */
  async update(tell: (changes: Changes) => void): Promise<void> {
    let startedAt = performance.now();
    const own = new Map<string, readonly Diagnostic[]>();
    for (let next = this.#waiting.take(); next !== undefined; next = this.#waiting.take()) {
      own.set(next.file, await this.#check(next));
      this.#waiting.done(next.file);
      if (performance.now() - startedAt < sliceMs) continue;
      if (!this.#waiting.isEmpty) this.#tell(own, tell);
      own.clear();
      await new Promise((resolve) => setImmediate(resolve));
      startedAt = performance.now();
    }
    const all = this.#collect();
    const without = [...this.#diagnostics.keys()].filter((file) => !all.has(file));
    this.#tell(new Map([...all, ...without.map((file) => [file, []] as const)]), tell);
  }

  /** As of the last update. */
  diagnostics(file: string): readonly Diagnostic[] {
    return this.#diagnostics.get(file) ?? [];
  }

  get world(): World {
    const documents = [...this.#states.values()].flatMap(({ checked }) => checked);
    return {
      reader: this.#reader,
      readFile: this.#samples.read,
      exists: (file) => existsSync(path.resolve(this.#root, file)),
      drafts: documents.flatMap(({ draft }) => draft ?? []),
      stores: documents.flatMap(({ store }) => store ?? []),
      compiled: (draft) => {
        const graph = documents.find((document) => document.draft === draft)?.graph;
        return graph === undefined ? undefined : this.#compile(graph).value;
      },
    };
  }

  /** Answers what is wrong with the file by itself. */
  async #check(source: Source): Promise<readonly Diagnostic[]> {
    const before = this.#states.get(source.file);
    const environments = [...this.#withEnvironments]
      .filter((file) => file !== source.file)
      .flatMap((file) => this.#states.get(file)?.parsed.environments ?? []);
    this.#samples.reader = source.file;
    const state = await checkFile(this.#checker, source, environments, before);
    // It may have gone meanwhile.
    if (this.#waiting.isTaken(source.file)) this.#states.set(source.file, state);
    const had = this.#withEnvironments.delete(source.file);
    if (state.parsed.environments.length > 0) this.#withEnvironments.add(source.file);
    if (had || this.#withEnvironments.has(source.file))
      this.#recheck((one) => one.source.file !== source.file && this.#takesFromEnvironments(one));
    const end = source.text.length;
    return sortDiagnostics(
      state.found.filter(({ file, range }) => file === source.file && range.end.offset <= end),
    );
  }

  #takesFromEnvironments({ source }: FileState): boolean {
    return this.#environment !== undefined || source.text.includes('${var:');
  }

  #recheck(isMeant: (state: FileState) => boolean): void {
    for (const state of this.#states.values()) if (isMeant(state)) this.#waiting.addAgain(state.source);
  }

  #tell(found: Changes, tell: (changes: Changes) => void): void {
    const changes = new Map([...found].filter(([file, now]) => !isSame(this.diagnostics(file), now)));
    for (const [file, now] of changes) {
      if (now.length === 0) this.#diagnostics.delete(file);
      else this.#diagnostics.set(file, now);
    }
    if (changes.size > 0) tell(changes);
  }

  #compile(graph: FlowGraph): Result<CompiledFlow> {
    const known = this.#compiled.get(graph) ?? compileAlone(graph);
    this.#compiled.set(graph, known);
    return known;
  }

  #topologyOf(graph: FlowGraph): readonly Diagnostic[] {
    const known = this.#topology.get(graph) ?? checkTopology(graph);
    this.#topology.set(graph, known);
    return known;
  }

  #collect(): Changes {
    const states = [...this.#states.values()];
    const documents = states.flatMap(({ checked }) => checked);
    const stale = new Set(states.flatMap(({ isStale, source }) => (isStale ? source.file : [])));
    this.#samples.reader = undefined;
    const { diagnostics, places } = checkTogether(
      states.map(({ parsed }) => parsed),
      documents,
      this.#samples.read,
      this.#environment,
    );
    const topology = documents.flatMap(({ graph }) => (graph === undefined ? [] : this.#topologyOf(graph)));
    const all = [
      ...states.flatMap(({ found }) => found).map(places.relocate),
      ...[...diagnostics, ...topology].filter(({ file }) => !stale.has(file)),
    ];
    const byFile = Map.groupBy(all, ({ file }) => file);
    return new Map([...byFile].map(([file, found]) => [file, sortDiagnostics(found)] as const));
  }
}

/** Encodes what is open once. */
function openFirst(openText: WorkspaceOptions['openText'], read: ReadFile): ReadFile {
  if (openText === undefined) return read;
  const open = new Map<string, Uint8Array>();
  return (file) => {
    const text = open.has(file) ? undefined : openText(file);
    if (text !== undefined) open.set(file, Buffer.from(text));
    return open.get(file) ?? read(file);
  };
}

/** Reads what manifests name, and remembers which manifest reads what. */
class SampleFiles {
  /** The manifest that is being checked. */
  reader: string | undefined;
  readonly #open: () => ReadFile;
  readonly #readBy = new Map<string, Set<string | undefined>>();
  #read: ReadFile;

  constructor(open: () => ReadFile) {
    this.#open = open;
    this.#read = open();
  }

  readonly read: ReadFile = (file) => {
    const name = path.normalize(file);
    const readers = this.#readBy.get(name) ?? new Set();
    this.#readBy.set(name, readers.add(this.reader));
    return this.#read(file);
  };

  isRead(file: string): boolean {
    return this.#readBy.has(path.normalize(file));
  }

  isReadBy(manifest: string, file: string): boolean {
    return this.#readBy.get(path.normalize(file))?.has(manifest) === true;
  }

  /** What was read may be another now. */
  forget(): void {
    this.#read = this.#open();
  }
}

function isSame(a: readonly Diagnostic[], b: readonly Diagnostic[]): boolean {
  return a === b || (a.length === b.length && JSON.stringify(a) === JSON.stringify(b));
}
