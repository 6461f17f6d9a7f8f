// The headers that tell where a message came from.
import path from 'node:path';
import type { FoundFile } from './found-file.ts';

export function fileHeaders({ name, size, modifiedMs }: FoundFile): Readonly<Record<string, string>> {
  return {
    'file-name': headerText(path.posix.basename(name)),
    'file-path': headerText(name),
    'file-size': String(size),
    'file-modified': new Date(modifiedMs).toISOString(),
  };
}

/** Names may hold what no header can: control characters, and spaces at the ends. Only those are percent-encoded. */
function headerText(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  return name.replaceAll(/[\u0000-\u001f\u007f]|^\s+|\s+$/g, encodeURIComponent);
}
