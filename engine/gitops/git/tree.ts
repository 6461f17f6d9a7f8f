// Reads the files of a commit without a checkout: what is listed is bounded, what is read is bounded, nothing is ever written.
import path from 'node:path';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import { isManifestFile } from '../../manifest/read-sources.ts';
import type { GitMirror } from './mirror.ts';

export interface TreeLimits {
  /** Files and folders below the path, manifests or not. */
  readonly maxEntries: number;
  readonly maxManifests: number;
  /** Of one manifest. */
  readonly maxFileBytes: number;
  /** Of all manifests. */
  readonly maxTotalBytes: number;
}

export const treeLimits: TreeLimits = {
  maxEntries: 100_000,
  maxManifests: 10_000,
  maxFileBytes: 1024 * 1024,
  maxTotalBytes: 64 * 1024 * 1024,
};

/** A manifest as it lies in the commit; `file` begins at the top of the repository. */
export interface TreeFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

export interface Tree {
  /** By name. */
  readonly manifests: readonly TreeFile[];
  /** Every other file below the folder, with the id of its content. */
  readonly others: ReadonlyMap<string, string>;
}

interface TreeEntry {
  readonly mode: string;
  readonly id: string;
  readonly size: number;
  readonly file: string;
}

/** What lies below `folder`. Throws VRS7007 for what would have to be followed, VRS7008 beyond a limit, VRS7009 without the folder. */
export async function readTree(
  mirror: GitMirror,
  commit: string,
  folder: string,
  signal: AbortSignal,
  limits: TreeLimits = treeLimits,
): Promise<Tree> {
  const { manifests, others } = await listTree(mirror, commit, normalFolder(folder), signal, limits);
  const sorted = manifests.toSorted((a, b) => (a.file < b.file ? -1 : 1));
  return { manifests: await readBlobs(mirror, sorted, signal), others };
}

/** `./flows/` → `flows`, the top → ``. Throws VRS7009 for a path that leads out of the repository. */
export function normalFolder(folder: string): string {
  const normal = path.posix.normalize(folder).replace(/\/$/, '');
  if (normal === '.' || normal === '') return '';
  if (!normal.startsWith('../') && normal !== '..' && !normal.startsWith('/')) return normal;
  throw new VrskyError('VRS7009', `${folder} leads out of the repository`, {
    help: 'Name a folder inside it, such as flows.',
  });
}

async function listTree(
  mirror: GitMirror,
  commit: string,
  folder: string,
  signal: AbortSignal,
  limits: TreeLimits,
): Promise<Listing> {
  const listing = new Listing(folder, limits);
  const { exitCode } = await mirror.run(
    ['ls-tree', '-r', '-z', '--long', '--full-tree', `${commit}:${folder}`],
    signal,
    { onOutput: (chunk) => listing.take(chunk) },
  );
  if (listing.problem !== undefined) throw listing.problem;
  if (exitCode === 0) return listing;
  throw new VrskyError('VRS7009', `there is no folder ${folder} in ${commit.slice(0, 12)}`, {
    help: 'Name the folder with the flows: `path`, --path.',
  });
}

class Listing {
  readonly manifests: TreeEntry[] = [];
  readonly others = new Map<string, string>();
  problem: VrskyError | undefined;
  readonly #folder: string;
  readonly #limits: TreeLimits;
  #rest: Buffer = Buffer.alloc(0);
  #entries = 0;
  #bytes = 0;

  constructor(folder: string, limits: TreeLimits) {
    this.#folder = folder;
    this.#limits = limits;
  }

  /** False when there is no point in more. */
  take(chunk: Buffer): boolean {
    let rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let end = rest.indexOf(0); end !== -1; end = rest.indexOf(0)) {
      this.#add(rest.subarray(0, end));
      if (this.problem !== undefined) return false;
      rest = rest.subarray(end + 1);
    }
    this.#rest = Buffer.from(rest);
    if (rest.length > 64 * 1024) this.problem = beyond('a path has', 64 * 1024, 'bytes');
    return this.problem === undefined;
  }

  #add(line: Buffer): void {
    if (++this.#entries > this.#limits.maxEntries) {
      this.problem = beyond('the folder has more than', this.#limits.maxEntries, 'files');
      return;
    }
    const tab = line.indexOf(9);
    const [mode = '', , id = '', size = '0'] = line.toString('latin1', 0, tab).split(/ +/);
    const name = nameOf(line.subarray(tab + 1));
    const file = name === undefined || this.#folder === '' ? name : `${this.#folder}/${name}`;
    if (mode === '160000') this.problem = unusable(file, 'is a submodule, and submodules are not fetched');
    else if (!isWanted(name)) this.others.set(file as string, id);
    else if (file === undefined) this.problem = unusable(file, 'has a name that is not plain UTF-8 text');
    else if (mode === '120000')
      this.problem = unusable(file, 'is a symbolic link, and links are not followed');
    else this.#keep({ mode, id, size: Number(size), file });
  }

  #keep(entry: TreeEntry): void {
    const { maxManifests, maxFileBytes, maxTotalBytes } = this.#limits;
    this.#bytes += entry.size;
    if (entry.size > maxFileBytes)
      this.problem = beyond(`${entry.file} has more than`, maxFileBytes, 'bytes');
    else if (this.#bytes > maxTotalBytes)
      this.problem = beyond('the manifests have more than', maxTotalBytes, 'bytes');
    else if (this.manifests.push(entry) > maxManifests)
      this.problem = beyond('the folder has more than', maxManifests, 'manifests');
  }
}

/** Undefined for a name with bytes that are no UTF-8, control characters or a backslash. */
function nameOf(bytes: Buffer): string | undefined {
  const name = bytes.toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  return /[\u0000-\u001f\u007f\u2028\u2029\u202a-\u202e\ufffd\\]/.test(name) ? undefined : name;
}

/** As in folders: no tests, nothing hidden. A name that cannot be read may have been meant as a manifest. */
function isWanted(name: string | undefined): boolean {
  if (name === undefined) return true;
  const parts = name.split('/');
  const isHidden = parts.some((part) => part.startsWith('.') || part === 'node_modules');
  return !isHidden && isManifestFile(parts.at(-1) ?? '');
}

function unusable(file: string | undefined, why: string): VrskyError {
  return new VrskyError('VRS7007', `${file ?? 'a file in the folder'} ${why}`, {
    help: 'Commit the manifest itself, as a file; leaving it out would delete what it described.',
  });
}

function beyond(what: string, limit: number, unit: string): VrskyError {
  return new VrskyError('VRS7008', `${what} ${limit} ${unit}`, {
    help: 'Name the folder that holds the flows and nothing else: `path`, --path.',
  });
}

async function readBlobs(
  mirror: GitMirror,
  entries: readonly TreeEntry[],
  signal: AbortSignal,
): Promise<readonly TreeFile[]> {
  if (entries.length === 0) return [];
  const total = entries.reduce((sum, { size }) => sum + size + 100, 0);
  const { stdout, exitCode } = await mirror.run(['cat-file', '--batch'], signal, {
    input: `${entries.map(({ id }) => id).join('\n')}\n`,
    maxOutputBytes: total,
  });
  let at = 0;
  return entries.map(({ file, id }) => {
    const end = stdout.indexOf(10, at);
    const [found, type, size] = stdout.toString('latin1', at, end).split(' ');
    if (exitCode !== 0 || found !== id || type !== 'blob')
      throw new VrskyError('VRS7004', `git could not read ${file}`, { retryable: true });
    const bytes = stdout.subarray(end + 1, end + 1 + Number(size));
    at = end + 1 + Number(size) + 1;
    return { file, bytes };
  });
}
