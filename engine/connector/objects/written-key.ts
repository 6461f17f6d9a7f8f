// The key of a written object: the author chooses its beginning, a message the rest.
import type { Message } from '../../payload/message.ts';
import type { ConnectorContext } from '../contract.ts';
import { PermanentError } from '../errors.ts';

/** In UTF-8; S3, Azure and Google agree. */
const longest = 1024;

/** Rejects with PermanentError for a key that no object should have. */
export function compileKey(
  source: string,
  context: Pick<ConnectorContext, 'template'>,
): (message: Message) => Promise<string> {
  const template = context.template(source);
  return async (message) => {
    const key = await rendered(() => template.render(message));
    const problem = problemOf(key);
    if (problem !== undefined)
      throw new PermanentError(`key: ${JSON.stringify(key.slice(0, 100))} ${problem}`);
    return key;
  };
}

async function rendered(render: () => string | Promise<string>): Promise<string> {
  try {
    return await render();
  } catch (error) {
    throw new PermanentError(`key: ${(error as Error).message}`, { cause: error });
  }
}

function problemOf(key: string): string | undefined {
  if (key === '' || key.endsWith('/')) return 'names no object';
  if (Buffer.byteLength(key) > longest) return `is longer than ${longest} bytes`;
  // Proxies and file systems make paths of keys.
  if (key.startsWith('/')) return 'begins with a slash';
  if (key.split(/[/\\]/).some((part) => part === '.' || part === '..')) return 'has . or .. as a part';
  return /\p{Cc}/u.test(key) ? 'has control characters' : undefined;
}
