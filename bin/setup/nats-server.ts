// Prints the path of a nats-server, fetching one into the user's cache when there is none; says on stderr what it does.
import { findServer } from '../../engine/devserver/find-server.ts';

try {
  const { path } = await findServer({ onProgress: (line) => process.stderr.write(`setup: ${line}\n`) });
  process.stdout.write(path);
} catch (error) {
  const { message, help } = error as { readonly message: string; readonly help?: string };
  process.stderr.write(`setup: ${message}\n${help === undefined ? '' : `       ${help}\n`}`);
  process.exitCode = 1;
}
