// Reads single files of a commit while manifests are checked: the samples that they name.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { ReadFile } from '../../flow/sample-files.ts';
import { gitArguments, gitEnvironment } from './run-git.ts';
import type { Tree } from './tree.ts';

const sampleBytes = 4 * 1024 * 1024;
const keptSampleBytes = 64 * 1024 * 1024;

/** What was read of samples, by the id of the content: a commit seldom changes them, and every read is a process. */
export class KeptSamples {
  readonly #kept = new Map<string, Uint8Array>();
  #bytes = 0;

  get(id: string | undefined, read: () => Uint8Array): Uint8Array {
    const known = id === undefined ? undefined : this.#kept.get(id);
    const bytes = known ?? read();
    if (known === undefined && id !== undefined) this.#keep(id, bytes);
    return bytes;
  }

  #keep(id: string, bytes: Uint8Array): void {
    if (this.#bytes + bytes.length > keptSampleBytes) {
      this.#kept.clear();
      this.#bytes = 0;
    }
    this.#kept.set(id, bytes);
    this.#bytes += bytes.length;
  }
}

/** Throws what says why not. */
export function treeReader(
  repository: string,
  commit: string,
  { others }: Pick<Tree, 'others'>,
  kept: KeptSamples,
): ReadFile {
  return (file) => {
    const inside = path.posix.normalize(file);
    if (inside.startsWith('../') || path.posix.isAbsolute(inside))
      throw new Error('it is outside of the repository');
    return kept.get(others.get(inside), () => readSample(repository, `${commit}:${inside}`));
  };
}

function readSample(repository: string, name: string): Uint8Array {
  const { status, stdout } = spawnSync('git', gitArguments(repository, ['cat-file', 'blob', name]), {
    env: gitEnvironment(),
    timeout: 10_000,
    maxBuffer: sampleBytes,
  });
  if (status !== 0) throw new Error('there is no such file in the commit, or it is too large');
  return stdout;
}
