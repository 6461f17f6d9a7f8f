// Turns a rendered path into one below its root, or refuses: message data must not choose where on the disk it lands.
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { PermanentError } from '../../../engine/connector/index.ts';

const longestName = 255;
/** Of Linux; other systems take less and say so. */
const longestPath = 4095;
const reservedOnWindows = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * The absolute path of `rendered` below `root`. Rejects with PermanentError for absolute paths, `..`, empty or over-long names, NUL and
 * control characters, names that Windows reserves, and a symbolic link on the way.
 */
export async function containedPath(root: string, rendered: string): Promise<string> {
  const parts = partsOf(rendered);
  let location = root;
  for (const part of parts) {
    location = path.join(location, part);
    const found = await lstat(location).catch(() => undefined);
    if (found === undefined) break;
    if (found.isSymbolicLink()) refuse(rendered, `leads through the symbolic link ${location}`);
  }
  return path.join(root, ...parts);
}

/** The names on the way, `.` left out. Throws PermanentError. */
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
  if (reservedOnWindows.test(name)) refuse(rendered, 'has a name that Windows reserves');
}

function refuse(rendered: string, why: string): never {
  throw new PermanentError(`the path ${JSON.stringify(rendered.slice(0, 200))} ${why}`);
}
