// Which YAML files of a workspace are manifests: the others belong to other tools, and nothing is said about them.
import path from 'node:path';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { isManifestFile } from '../manifest/read-sources.ts';

const SUFFIX = /\.vrsky\.ya?ml$/i;
const API_VERSION = /^\s*["']?apiVersion["']?\s*:\s*["']?vrsky\.io\//m;
const MODELINE = /^#\s*yaml-language-server:\s*\$schema=\S*vrsky\.schema\.json/m;

/** By its name, or because it says so itself. */
export function isManifest(file: string, text: string): boolean {
  const name = path.basename(file);
  return isManifestFile(name, true) && (SUFFIX.test(name) || API_VERSION.test(text) || MODELINE.test(text));
}

/** Whether the YAML language server says so, too, when it knows the schema: mistakes in syntax, and what does not fit. */
export function leaveToSchema({ code }: Diagnostic): boolean {
  return /^VRS[12]/.test(code);
}
