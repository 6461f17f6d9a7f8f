// What the extension of deploy/vscode asks the language client to start, without an editor: vscode.int.test.ts has one.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import vm from 'node:vm';

const require = createRequire(import.meta.url);
const folderOfExtension = path.resolve(import.meta.dirname, '../../deploy/vscode');
const manifest = JSON.parse(readFileSync(path.join(folderOfExtension, 'package.json'), 'utf8'));

interface Started {
  readonly server: {
    readonly command: string;
    readonly args: readonly string[];
    readonly options: { readonly env: NodeJS.ProcessEnv };
  };
  readonly client: {
    readonly initializationOptions: Readonly<Record<string, unknown>>;
    readonly documentSelector: readonly object[];
    readonly errorHandler: { readonly closed: () => unknown };
  };
}

interface Editor {
  readonly folder: string;
  readonly settings?: Readonly<Record<string, string>>;
  readonly extensions?: readonly string[];
}

/** Activates the extension in an editor like this, and answers what it started. */
async function activated({ folder, settings = {}, extensions = [] }: Editor): Promise<Started> {
  const started: Started[] = [];
  const defaults = manifest.contributes.configuration.properties;
  const modules: Readonly<Record<string, unknown>> = {
    vscode: {
      commands: { registerCommand: (name: string) => name },
      extensions: { getExtension: (id: string) => (extensions.includes(id) ? {} : undefined) },
      workspace: {
        onDidChangeConfiguration: () => 'settings',
        workspaceFolders: [{ uri: { fsPath: folder } }],
        getConfiguration: (section: string) => ({
          get: (name: string) => settings[name] ?? defaults[`${section}.${name}`].default,
        }),
      },
    },
    'vscode-languageclient/node': {
      CloseAction: { DoNotRestart: 1 },
      LanguageClient: class {
        readonly start = () => Promise.reject(new Error('it did not start'));
        readonly createDefaultErrorHandler = () => ({});
        constructor(_id: string, _name: string, server: Started['server'], client: Started['client']) {
          started.push({ server, client });
        }
      },
    },
  };
  const source = readFileSync(path.join(folderOfExtension, manifest.main), 'utf8');
  const load = vm.runInThisContext(`(function (require, module) {${source}\n})`, {
    filename: 'extension.js',
  });
  const module = { exports: {} as { activate: (context: object) => Promise<void> } };
  load((name: string) => modules[name] ?? require(name), module);
  const subscriptions: unknown[] = [];
  await module.exports.activate({ subscriptions });
  assert.deepEqual(subscriptions, [
    ...manifest.contributes.commands.map(({ command }: { command: string }) => command),
    'settings',
  ]);
  return started[0] as Started;
}

describe('the extension for Visual Studio Code', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'vrsky-vscode-'));
    const bin = path.join(folder, 'node_modules', '.bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(path.join(bin, 'vrsky'), '#!/bin/sh\n');
    chmodSync(path.join(bin, 'vrsky'), 0o755);
  });
  after(() => rmSync(folder, { recursive: true }));

  test('starts the version that the workspace has, for YAML files', async () => {
    const { server, client } = await activated({ folder });
    assert.equal(server.command, path.join(folder, 'node_modules/.bin/vrsky'));
    assert.deepEqual(server.args, ['lsp', '--stdio']);
    assert.deepEqual(client.documentSelector, [{ scheme: 'file', language: 'yaml' }]);
  });

  test('starts what the settings name before all, else what is on the PATH', async () => {
    assert.equal((await activated({ folder: tmpdir() })).server.command, 'vrsky');
    const { server } = await activated({ folder, settings: { command: '/opt/vrsky' } });
    assert.equal(server.command, '/opt/vrsky');
  });

  test('runs it as npm does, with the Node.js that the workspace pins', async () => {
    const { server } = await activated({ folder });
    const [first] = String(server.options.env.PATH).split(path.delimiter);
    assert.equal(first, path.join(folder, 'node_modules/.bin'));
  });

  test('says that it did not start, and does not try again by itself', async () => {
    const { client } = await activated({ folder, settings: { command: '/opt/vrsky' } });
    assert.deepEqual(client.errorHandler.closed(), {
      action: 1,
      message:
        '/opt/vrsky lsp did not start. Its output says why; then run "VRSky: Restart the language server".',
    });
  });

  test('is not for folders that are not trusted: it runs programs of the workspace', () => {
    assert.equal(manifest.capabilities.untrustedWorkspaces.supported, false);
  });

  test('leaves what the schema says to the YAML extension when that is there', async () => {
    const wish = async (editor: Partial<Editor>) =>
      (await activated({ folder, ...editor })).client.initializationOptions.schemaDiagnostics;
    assert.deepEqual(await wish({}), true);
    assert.deepEqual(await wish({ extensions: ['redhat.vscode-yaml'] }), false);
    assert.deepEqual(await wish({ settings: { schemaDiagnostics: 'never' } }), false);
  });

  test('names what it needs exactly', () => {
    assert.match(manifest.dependencies['vscode-languageclient'], /^\d+\.\d+\.\d+$/);
    assert.match(manifest.engines.vscode, /^\^1\./);
  });
});
