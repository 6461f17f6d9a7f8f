// Drives the stock YAML language server over stdio, as an editor does: for tests.
import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.resolve(import.meta.dirname, '..', '..');
const SERVER = path.join(root, 'node_modules/yaml-language-server/bin/yaml-language-server');

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface EditorDiagnostic {
  readonly message: string;
  readonly severity: number;
  readonly range: { readonly start: Position; readonly end: Position };
}

export interface CompletionItem {
  readonly label: string;
  readonly insertText?: string;
  readonly textEdit?: { readonly newText: string };
  readonly documentation?: string | { readonly value: string };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** The server with the settings an editor has by default; manifests name their schema in a modeline. */
export class YamlServer {
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #published = new Map<string, PromiseWithResolvers<readonly EditorDiagnostic[]>>();
  readonly #ended: Promise<unknown>;
  #unread: Buffer = Buffer.alloc(0);
  #lastId = 0;
  #lastFile = 0;

  private constructor() {
    this.#child = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdout?.on('data', (bytes: Buffer) => this.#read(bytes));
    this.#ended = new Promise((resolve) => this.#child.once('exit', resolve));
  }

  static async start(): Promise<YamlServer> {
    const server = new YamlServer();
    await server.#request('initialize', {
      processId: process.pid,
      rootUri: pathToFileURL(root).href,
      capabilities: {
        workspace: { configuration: true },
        textDocument: {
          completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
          hover: { contentFormat: ['markdown'] },
        },
      },
    });
    server.#notify('initialized', {});
    return server;
  }

  /** What the server says about a text that is opened as a file below schemas/. */
  async diagnose(text: string): Promise<readonly EditorDiagnostic[]> {
    const { uri, diagnostics } = this.#open(text);
    const found = await diagnostics;
    this.#close(uri);
    return found;
  }

  /** The proposals at the `¦` in a text. */
  async complete(marked: string): Promise<readonly CompletionItem[]> {
    const { uri, position } = this.#openAt(marked);
    const answer = await this.#request('textDocument/completion', { textDocument: { uri }, position });
    this.#close(uri);
    return (answer as { items: readonly CompletionItem[] }).items;
  }

  /** The Markdown shown over the `¦` in a text. */
  async hover(marked: string): Promise<string> {
    const { uri, position } = this.#openAt(marked);
    const answer = await this.#request('textDocument/hover', { textDocument: { uri }, position });
    this.#close(uri);
    return (answer as { contents: { value: string } } | null)?.contents.value ?? '';
  }

  async stop(): Promise<void> {
    await this.#request('shutdown', null);
    this.#notify('exit', null);
    await this.#ended;
  }

  #openAt(marked: string): { readonly uri: string; readonly position: Position } {
    const before = marked.slice(0, marked.indexOf('¦'));
    const lines = before.split('\n');
    const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
    return { ...this.#open(marked.replace('¦', '')), position };
  }

  #open(text: string): { readonly uri: string; readonly diagnostics: Promise<readonly EditorDiagnostic[]> } {
    const uri = pathToFileURL(path.join(root, `flows/editor-${++this.#lastFile}.vrsky.yaml`)).href;
    const published = Promise.withResolvers<readonly EditorDiagnostic[]>();
    this.#published.set(uri, published);
    this.#notify('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
    return { uri, diagnostics: published.promise };
  }

  #close(uri: string): void {
    this.#published.delete(uri);
    this.#notify('textDocument/didClose', { textDocument: { uri } });
  }

  #request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<unknown>();
    this.#answers.set(id, answer);
    this.#send({ id, method, params });
    return answer.promise;
  }

  #notify(method: string, params: unknown): void {
    this.#send({ method, params });
  }

  #send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#child.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    for (;;) {
      const header = this.#unread.indexOf('\r\n\r\n');
      if (header < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#unread.toString('latin1', 0, header))?.[1]);
      const end = header + 4 + length;
      if (this.#unread.length < end) return;
      const message = JSON.parse(this.#unread.toString('utf8', header + 4, end)) as Message;
      this.#unread = this.#unread.subarray(end);
      this.#receive(message);
    }
  }

  #receive(message: Message): void {
    const { id, method } = message;
    if (method === 'textDocument/publishDiagnostics') this.#publish(message.params);
    else if (method === 'workspace/configuration') this.#configure(id as number, message.params);
    else if (method === undefined) this.#answer(message);
    else if (id !== undefined) this.#send({ id, result: null });
  }

  #answer({ id, result, error }: Message): void {
    const answer = this.#answers.get(id as number);
    this.#answers.delete(id as number);
    if (error === undefined) answer?.resolve(result);
    else answer?.reject(new Error(error.message));
  }

  #publish(params: unknown): void {
    const { uri, diagnostics } = params as { uri: string; diagnostics: readonly EditorDiagnostic[] };
    this.#published.get(uri)?.resolve(diagnostics);
  }

  #configure(id: number, params: unknown): void {
    const { items } = params as { items: readonly { readonly section?: string }[] };
    const settings = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };
    this.#send({ id, result: items.map(({ section }) => (section === 'yaml' ? settings : null)) });
  }
}
