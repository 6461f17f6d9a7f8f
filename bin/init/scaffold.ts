// A new flows repository: the files of the template, never over what is there.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface ScaffoldedFile {
  /** Relative to the repository. */
  readonly file: string;
  readonly outcome: 'created' | 'kept';
}

/** Writes `files` (contents by path) below a directory; what exists is left as it is. */
export function scaffold(directory: string, files: ReadonlyMap<string, string>): readonly ScaffoldedFile[] {
  return [...files].map(([file, content]) => {
    const target = path.join(directory, file);
    if (existsSync(target)) return { file, outcome: 'kept' };
    mkdirSync(path.dirname(target), { recursive: true });
    // `wx`: another process may have made it meanwhile.
    writeFileSync(target, content, { flag: 'wx' });
    return { file, outcome: 'created' };
  });
}

/** The files of the template by the paths they get: `dot-` stands for a dot, which packages do not keep everywhere. */
export function templateFiles(template: string): ReadonlyMap<string, string> {
  const entries = readdirSync(template, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(template, path.join(entry.parentPath, entry.name)));
  return new Map(
    files.toSorted().map((file) => {
      const target = file.split(path.sep).map((part) => part.replace(/^dot-/, '.'));
      return [target.join('/'), readFileSync(path.join(template, file), 'utf8')];
    }),
  );
}

/** The package.json of a flows repository: npm brings the command line in the version that the flows were written for. */
export function packageManifest(directory: string, version: string): string {
  const name = path
    .basename(path.resolve(directory))
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-');
  const manifest = {
    name: name.replace(/^[._-]+/, '') || 'flows',
    private: true,
    scripts: {
      dev: 'vrsky dev flows',
      fmt: 'vrsky fmt',
      test: 'vrsky validate --strict && vrsky test --coverage',
    },
    devDependencies: { vrsky: `^${version}` },
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
