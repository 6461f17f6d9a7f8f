// The language server: wires the protocol to the workspace of engine/editor, which knows all the answers.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CodeActionKind,
  type Connection,
  DidChangeWatchedFilesNotification,
  type FileChangeType,
  type InitializeParams,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../../engine/diagnostics/diagnostic.ts';
import { complete } from '../../engine/editor/complete.ts';
import { definition } from '../../engine/editor/definition.ts';
import { quickFixes } from '../../engine/editor/fixes.ts';
import { hover } from '../../engine/editor/hover.ts';
import { isManifest, leaveToSchema } from '../../engine/editor/manifest-file.ts';
import { type Changes, Workspace } from '../../engine/editor/workspace.ts';
import { readSources } from '../../engine/manifest/read-sources.ts';
import type { SchemaSet } from '../../engine/manifest/schema-set.ts';
import { toCodeAction, toCompletionItem, toDiagnostic, toRange } from './convert.ts';
import { Files } from './files.ts';

export interface ServerParts {
  readonly schemas: SchemaSet;
  /** The folder with a page per error code. */
  readonly pages: string;
  readonly version: string;
}

/** What an editor may ask for when it starts the server. */
interface Settings {
  /** `false`: mistakes in syntax and against the schema are left to the YAML language server. */
  readonly schemaDiagnostics?: boolean;
  /** The environment whose values and patches apply, as `--env` says it elsewhere. */
  readonly environment?: string;
}

const watched = '**/*.{yaml,yml,json,ndjson,jsonl,xml,csv,txt}';

export class Server {
  readonly #connection: Connection;
  readonly #parts: ServerParts;
  readonly #buffers = new TextDocuments(TextDocument);
  #files = new Files(process.cwd());
  #folders: readonly string[] = [];
  #settings: Settings = {};
  #canWatch = false;
  #workspace: Promise<Workspace>;
  /** The run of checks under way; another follows when something has changed meanwhile. */
  #updating: Promise<void> | undefined;
  #isDue = false;

  constructor(connection: Connection, parts: ServerParts) {
    this.#connection = connection;
    this.#parts = parts;
    this.#workspace = this.#open();
    connection.onInitialize((params) => this.#initialize(params));
    connection.onInitialized(() => this.#scan());
    connection.onDidChangeWatchedFiles(({ changes }) => this.#onFiles(changes));
    connection.onCompletion((params) =>
      this.#at(params, async (source, offset, workspace) =>
        complete(source, offset, workspace.world).map((one) => toCompletionItem(one, params.position)),
      ),
    );
    connection.onHover((params) =>
      this.#at(params, async (source, offset, workspace) => {
        const value = hover(source, offset, workspace.world);
        return value === undefined ? null : { contents: { kind: 'markdown' as const, value } };
      }),
    );
    connection.onDefinition((params) =>
      this.#at(params, async (source, offset, workspace) => {
        const found = definition(source, offset, workspace.world);
        return found === undefined ? null : { uri: this.#files.uri(found.file), range: toRange(found.range) };
      }),
    );
    connection.onCodeAction((params) => {
      const { textDocument, range } = params;
      return this.#at({ textDocument, position: range.start }, async (source, start, workspace) => {
        await this.#updating;
        const end = this.#buffers.get(textDocument.uri)?.offsetAt(range.end) ?? start;
        const found = workspace.diagnostics(source.file);
        const fixes = quickFixes(source, start, end, found, workspace.world);
        return fixes.map((fix) => toCodeAction(fix, textDocument.uri, (one) => this.#shown(one)));
      });
    });
    this.#buffers.onDidChangeContent(({ document }) => this.#onText(document));
    this.#buffers.onDidClose(({ document }) => this.#onClose(document.uri));
    this.#buffers.onDidSave(({ document }) => this.#touch(document.uri));
    this.#buffers.listen(connection);
  }

  #open(): Promise<Workspace> {
    const { environment = '' } = this.#settings;
    return Workspace.open({
      root: this.#files.root,
      schemas: this.#parts.schemas,
      openText: (file) => this.#buffers.get(this.#files.uri(file))?.getText(),
      ...(environment === '' ? {} : { environment }),
    });
  }

  #initialize({ workspaceFolders, rootUri, capabilities, ...rest }: InitializeParams): InitializeResult {
    const uris = workspaceFolders?.map(({ uri }) => uri) ?? (typeof rootUri === 'string' ? [rootUri] : []);
    this.#folders = uris.filter((uri) => uri.startsWith('file:')).map((uri) => fileURLToPath(uri));
    this.#files = new Files(this.#folders[0] ?? process.cwd());
    this.#settings = (rest.initializationOptions ?? {}) as Settings;
    this.#canWatch = capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    this.#workspace = this.#open();
    return {
      serverInfo: { name: 'vrsky', version: this.#parts.version },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        completionProvider: { triggerCharacters: ['$', '.', ' '] },
        hoverProvider: true,
        definitionProvider: true,
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite] },
      },
    };
  }

  /** Reads every manifest below the folders of the workspace. What is open in the editor stays as it is there. */
  async #scan(): Promise<void> {
    if (this.#canWatch)
      await this.#connection.client.register(DidChangeWatchedFilesNotification.type, {
        watchers: [{ globPattern: watched }],
      });
    const workspace = await this.#workspace;
    for (const { file, text } of this.#read(this.#folders))
      if (!this.#isOpen(file) && isManifest(file, text)) workspace.set(file, text);
    this.#update();
  }

  #read(files: readonly string[]) {
    const { root } = this.#files;
    const names = files.map((file) => path.relative(root, path.resolve(root, file)) || '.');
    return readSources(
      names.filter((file) => existsSync(path.resolve(root, file))),
      {
        workingDirectory: root,
        tests: true,
      },
    ).sources;
  }

  #isOpen(file: string): boolean {
    return this.#buffers.get(this.#files.uri(file)) !== undefined;
  }

  async #onText(document: TextDocument): Promise<void> {
    const file = this.#files.name(document.uri);
    if (file === undefined) return;
    const workspace = await this.#workspace;
    const text = document.getText();
    workspace.touch(file);
    if (isManifest(file, text)) workspace.set(file, text, true);
    else workspace.remove(file);
    this.#update();
  }

  /** What is on disk counts again. */
  async #onClose(uri: string): Promise<void> {
    const file = this.#files.name(uri);
    if (file === undefined) return;
    const workspace = await this.#workspace;
    workspace.touch(file);
    this.#reread(workspace, file);
    this.#update();
  }

  async #onFiles(changes: readonly { readonly uri: string; readonly type: FileChangeType }[]): Promise<void> {
    const workspace = await this.#workspace;
    for (const { uri } of changes) {
      const file = this.#files.name(uri);
      if (file === undefined) continue;
      workspace.touch(file);
      if (!this.#isOpen(file)) this.#reread(workspace, file);
    }
    this.#update();
  }

  async #touch(uri: string): Promise<void> {
    const file = this.#files.name(uri);
    if (file !== undefined) (await this.#workspace).touch(file);
  }

  #reread(workspace: Workspace, file: string): void {
    const [source] = /\.ya?ml$/i.test(file) ? this.#read([file]) : [];
    if (source !== undefined && isManifest(file, source.text)) workspace.set(file, source.text);
    else workspace.remove(file);
  }

  /** Never rejects: whatever goes wrong, the next change is checked again. */
  #update(): void {
    this.#isDue = true;
    this.#updating ??= this.#run().finally(() => {
      this.#updating = undefined;
    });
  }

  async #run(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false;
      try {
        await (await this.#workspace).update((changes) => this.#publish(changes));
      } catch (error) {
        this.#connection.console.error(`vrsky lsp: ${(error as Error).stack ?? error}`);
      }
    }
  }

  #publish(changes: Changes): void {
    for (const [file, found] of changes) {
      const shown =
        this.#settings.schemaDiagnostics === false ? found.filter((one) => !leaveToSchema(one)) : found;
      void this.#connection.sendDiagnostics({
        uri: this.#files.uri(file),
        diagnostics: shown.map((one) => this.#shown(one)),
      });
    }
  }

  #shown(diagnostic: Diagnostic) {
    return toDiagnostic(diagnostic, this.#files, this.#parts.pages);
  }

  async #at<Answer>(
    { textDocument, position }: Place,
    answer: (source: OpenSource, offset: number, workspace: Workspace) => Promise<Answer>,
  ): Promise<Answer | null> {
    const document = this.#buffers.get(textDocument.uri);
    const file = this.#files.name(textDocument.uri);
    if (document === undefined || file === undefined) return null;
    const source = { file, text: document.getText() };
    if (!isManifest(file, source.text)) return null;
    return answer(source, document.offsetAt(position), await this.#workspace);
  }
}

interface Place {
  readonly textDocument: { readonly uri: string };
  readonly position: { readonly line: number; readonly character: number };
}

interface OpenSource {
  readonly file: string;
  readonly text: string;
}
