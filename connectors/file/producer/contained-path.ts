// Turns a rendered path into one inside its directory, or refuses: message data must not choose where on the disk it lands.
import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { PermanentError } from '../../../engine/connector/index.ts';

const longestName = 255;
const reservedOnWindows = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * The absolute path of `rendered` below `directory`. Throws PermanentError for absolute paths, `..`, empty or over-long names, NUL and
 * control characters, and a symbolic link on the way.
 */
export async function containedPath(directory: string, rendered: string): Promise<string> {
  const relative = checkText(rendered);
  const parts = relative.split('/');
  let folder = directory;
  for (const part of parts.slice(0, -1)) {
    folder = path.join(folder, part);
    await refuseLink(folder, rendered);
  }
  const file = path.join(directory, ...parts);
  await refuseLink(file, rendered);
  return file;
}

/** Answers the path with `.` segments removed. */
function checkText(rendered: string): string {
  const refuse = (why: string): never => {
    throw new PermanentError(`the path ${JSON.stringify(rendered.slice(0, 200))} ${why}`);
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
  if (/[\u0000-\u001f\u007f]/.test(rendered)) refuse('holds control characters');
  if (path.isAbsolute(rendered) || path.win32.isAbsolute(rendered))
    refuse('is absolute; write `directory` for where files go');
  const parts = rendered.split(process.platform === 'win32' ? /[\\/]/ : '/').filter((part) => part !== '.');
  if (parts.includes('..')) refuse('leaves its directory');
  if (parts.some((part) => part === '')) refuse('has an empty name in it');
  if (parts.some((part) => Buffer.byteLength(part) > longestName))
    refuse(`has a name longer than ${longestName} bytes`);
  if (parts.some((part) => reservedOnWindows.test(part))) refuse('has a name that Windows reserves');
  return parts.join('/');
}

async function refuseLink(file: string, rendered: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isSymbolicLink() === true)
    throw new PermanentError(`the path ${rendered} leads through the symbolic link ${file}`);
}
