// Turns a rendered path into one below its root, or refuses: message data must not choose where on the disk it lands.
import { lstatSync } from 'node:fs';
import path from 'node:path';
import { Refusal } from './failure.ts';
import { logFolderName } from './log-place.ts';

const longestName = 255;
/** Of Linux; other systems take less and say so. */
const longestPath = 4095;
const reservedOnWindows = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

export interface ContainedPath {
  /** Absolute. */
  readonly file: string;
  /** The file system of the last name on the way that exists; undefined when there is none below the root. */
  readonly device: number | undefined;
}

/**
 * The absolute path of `rendered` below `root`. Throws Refusal for absolute paths, `..`, empty or over-long names, NUL and
 * control characters, names that Windows reserves, the folder of logs, and a symbolic link on the way.
 */
export function containedPath(root: string, rendered: string): ContainedPath {
  const parts = partsOf(rendered);
  let location = root;
  let device: number | undefined;
  for (const part of parts) {
    location = path.join(location, part);
    const found = lstatSync(location, { throwIfNoEntry: false });
    if (found === undefined) break;
    if (found.isSymbolicLink()) refuse(rendered, `leads through the symbolic link ${location}`);
    device = found.dev;
  }
  return { file: path.join(root, ...parts), device };
}

/** The names on the way, `.` left out. Throws Refusal. */
function partsOf(rendered: string): readonly string[] {
  const onWindows = process.platform === 'win32';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  if (/[\u0000-\u001f\u007f]/.test(rendered)) refuse(rendered, 'holds control characters');
  if (!rendered.isWellFormed()) refuse(rendered, 'holds half a character');
  if (path.isAbsolute(rendered) || path.win32.isAbsolute(rendered)) refuse(rendered, 'is absolute');
  if (onWindows && /[<>:"|?*]/.test(rendered)) refuse(rendered, 'holds characters that Windows forbids');
  if (Buffer.byteLength(rendered) > longestPath) refuse(rendered, `is longer than ${longestPath} bytes`);
  const parts = rendered.split(onWindows ? /[\\/]/ : '/').filter((part) => part !== '.');
  for (const part of parts) checkName(part, rendered);
  if (parts.length === 0) refuse(rendered, 'names no file');
  return parts;
}

function checkName(name: string, rendered: string): void {
  if (name === '..') refuse(rendered, 'leaves its directory');
  if (name === '') refuse(rendered, 'has an empty name in it');
  if (Buffer.byteLength(name) > longestName) refuse(rendered, `has a name longer than ${longestName} bytes`);
  if (name === logFolderName) refuse(rendered, `leads into ${logFolderName}, where files wait for the disk`);
  if (reservedOnWindows.test(name)) refuse(rendered, 'has a name that Windows reserves');
}

function refuse(rendered: string, why: string): never {
  throw new Refusal(`the path ${JSON.stringify(rendered.slice(0, 200))} ${why}`);
}
