// Starts vrsky lsp for the YAML files of a workspace.

const { existsSync } = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

async function activate(context) {
  context.subscriptions.push(vscode.commands.registerCommand('vrsky.restart', () => client.restart()));
  const command = findCommand();
  // Scripts of npm are .cmd files on Windows, which only a shell runs.
  const options = { shell: process.platform === 'win32' };
  client = new LanguageClient(
    'vrsky',
    'VRSky',
    { command, args: ['lsp', '--stdio'], options },
    {
      documentSelector: [{ scheme: 'file', language: 'yaml' }],
      initializationOptions: {
        schemaDiagnostics: wantsSchemaDiagnostics(),
        environment: vscode.workspace.getConfiguration('vrsky').get('environment'),
      },
    },
  );
  await client.start();
}

function deactivate() {
  return client?.stop();
}

/** The workspace's own version first: it is the one that the flows are written for. A folder that is not trusted brings no program. */
function findCommand() {
  const configured = vscode.workspace.getConfiguration('vrsky').get('command');
  if (configured) return configured;
  const name = process.platform === 'win32' ? 'vrsky.cmd' : 'vrsky';
  const folders = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
  const own = folders.map(({ uri }) => path.join(uri.fsPath, 'node_modules', '.bin', name));
  return own.find((file) => existsSync(file)) ?? 'vrsky';
}

function wantsSchemaDiagnostics() {
  const wish = vscode.workspace.getConfiguration('vrsky').get('schemaDiagnostics');
  return wish === 'auto'
    ? vscode.extensions.getExtension('redhat.vscode-yaml') === undefined
    : wish === 'always';
}

module.exports = { activate, deactivate };
