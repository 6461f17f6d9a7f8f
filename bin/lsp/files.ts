// Files as the engine names them, relative to the root of the workspace, and as editors do, by URI.
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export class Files {
  readonly root: string;
  /** How the editor writes the URIs of files it has told of: there are several ways to escape. */
  readonly #uris = new Map<string, string>();

  constructor(root: string) {
    this.root = root;
  }

  /** Undefined for what is no file, such as a text that was never saved. */
  name(uri: string): string | undefined {
    if (!uri.startsWith('file:')) return undefined;
    const file = path.relative(this.root, fileURLToPath(uri));
    this.#uris.set(file, uri);
    return file;
  }

  uri(file: string): string {
    return this.#uris.get(file) ?? pathToFileURL(path.resolve(this.root, file)).href;
  }
}
