// Starts vrsky lsp for the YAML files of a workspace.

const { existsSync } = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { CloseAction, LanguageClient } = require('vscode-languageclient/node');

let client;

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand('vrsky.restart', restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('vrsky')) restart();
    }),
  );
  await start();
}

async function start() {
  client = createClient();
  // Why it did not start is shown by then, and the command that tries again must stay.
  await client.start().catch(() => undefined);
}

async function restart() {
  await deactivate();
  await start();
}

async function deactivate() {
  if (client?.isRunning()) await client.stop();
}

function createClient() {
  const command = findCommand();
  const started = new LanguageClient(
    'vrsky',
    'VRSky',
    { command, args: ['lsp', '--stdio'], options: howToRun(command) },
    {
      documentSelector: [{ scheme: 'file', language: 'yaml' }],
      initializationOptions: {
        schemaDiagnostics: wantsSchemaDiagnostics(),
        environment: vscode.workspace.getConfiguration('vrsky').get('environment'),
      },
      // The error handler speaks of it, once.
      initializationFailedHandler: () => false,
      errorHandler: {
        error: (...what) => usual.error(...what),
        closed: () => (started.initializeResult ? usual.closed() : notStarted(command)),
      },
    },
  );
  const usual = started.createDefaultErrorHandler();
  return started;
}

/** A server that never ran will not run at the next try either. */
function notStarted(command) {
  return {
    action: CloseAction.DoNotRestart,
    message: `${command} lsp did not start. Its output says why; then run "VRSky: Restart the language server".`,
  };
}

/** The workspace's own version first: it is the one that the flows are written for. */
function findCommand() {
  const configured = vscode.workspace.getConfiguration('vrsky').get('command');
  if (configured) return configured;
  const name = process.platform === 'win32' ? 'vrsky.cmd' : 'vrsky';
  const own = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) =>
    path.join(uri.fsPath, 'node_modules', '.bin', name),
  );
  return own.find((file) => existsSync(file)) ?? 'vrsky';
}

/** As npm runs it: a Node.js that the workspace pins comes first. Scripts of npm are .cmd files on Windows, which only a shell runs. */
function howToRun(command) {
  const directory = path.dirname(command);
  const PATH = path.isAbsolute(command)
    ? `${directory}${path.delimiter}${process.env.PATH}`
    : process.env.PATH;
  return { env: { ...process.env, PATH }, shell: process.platform === 'win32' };
}

function wantsSchemaDiagnostics() {
  const wish = vscode.workspace.getConfiguration('vrsky').get('schemaDiagnostics');
  return wish === 'auto'
    ? vscode.extensions.getExtension('redhat.vscode-yaml') === undefined
    : wish === 'always';
}

module.exports = { activate, deactivate };
