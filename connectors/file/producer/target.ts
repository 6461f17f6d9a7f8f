// Where a message is written: the author chooses the root, the message a path below it, which is checked where it is written.
import path from 'node:path';
import { type ConnectorContext, type Message, PermanentError } from '../../../engine/connector/index.ts';
import type { FileProducerConfig } from '../config.gen.ts';

export interface Target {
  /** Absolute: `directory` and the folders that `path` names before its first hole. */
  readonly root: string;
  /** The path below the root, as the message's data made it. */
  render(message: Message): string | Promise<string>;
}

/** Throws PermanentError for a template that cannot work. */
export function compileTarget(
  config: Pick<FileProducerConfig, 'path' | 'directory'>,
  context: Pick<ConnectorContext, 'resolvePath' | 'template'>,
): Target {
  const { path: source, directory = '.' } = config;
  const hole = source.indexOf('{{');
  const literal = source.slice(0, hole < 0 ? source.length : hole);
  const rootLength = literal.lastIndexOf('/') + 1;
  const rest = source.slice(rootLength);
  if (rest === '') throw new PermanentError(`path: ${source} names a folder; add a file name`);
  const root = path.resolve(context.resolvePath(directory), literal.slice(0, rootLength));
  const template = context.template(rest);
  return { root, render: (message) => template.render(message) };
}
