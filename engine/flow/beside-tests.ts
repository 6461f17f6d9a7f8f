// The manifests that lie beside a test which is named by itself: the flow it is about is most likely one of them.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isManifestFile } from '../manifest/read-sources.ts';

/** Files of the folders that the named tests lie in, tests left out. Folders among the paths bring their files themselves. */
export function manifestsBesideTests(paths: readonly string[], workingDirectory = ''): readonly string[] {
  const isTest = (file: string) => isManifestFile(file, true) && !isManifestFile(file);
  const folders = new Set(paths.filter(isTest).map((file) => path.dirname(file)));
  return [...folders].flatMap((folder) => filesOf(folder, workingDirectory));
}

function filesOf(folder: string, workingDirectory: string): readonly string[] {
  try {
    const entries = readdirSync(path.resolve(workingDirectory, folder), { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && isManifestFile(entry.name))
      .map(({ name }) => path.join(folder, name))
      .toSorted();
  } catch {
    // The test itself is then reported as missing.
    return [];
  }
}
