// Serves the editor at the other end of stdin and stdout until it says goodbye.
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { narrate } from '../cli/narrate.ts';
import { Server, type ServerParts } from './server.ts';

/** Resolves when the editor has left. */
export async function serve(parts: ServerParts): Promise<void> {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  // A mistake of ours must not take the server away from somebody who is writing.
  process.on('uncaughtException', (error) => narrate(`vrsky lsp: ${error.stack ?? error.message}`));
  process.on('unhandledRejection', (error) => narrate(`vrsky lsp: ${String(error)}`));
  const left = new Promise<void>((resolve) => connection.onExit(resolve));
  new Server(connection, parts);
  connection.listen();
  await left;
}
