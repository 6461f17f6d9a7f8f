// Drives a language server over stdio, as an editor does: for tests and benchmarks.
import { type ChildProcess, spawn } from 'node:child_process';

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface TextRange {
  readonly start: Position;
  readonly end: Position;
}

export interface EditorDiagnostic {
  readonly message: string;
  readonly severity: number;
  readonly code?: string;
  readonly range: TextRange;
}

export interface CompletionItem {
  readonly label: string;
  readonly detail?: string;
  readonly insertText?: string;
  readonly textEdit?: { readonly newText: string; readonly range?: TextRange };
  readonly documentation?: string | { readonly value: string };
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

export interface Published {
  readonly uri: string;
  readonly diagnostics: readonly EditorDiagnostic[];
}

/** The place of the `¦` in a text, and the text without it. */
export function atMark(marked: string): { readonly text: string; readonly position: Position } {
  const lines = marked.slice(0, marked.indexOf('¦')).split('\n');
  const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  return { text: marked.replace('¦', ''), position };
}

export class LanguageServer {
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #listeners = new Set<(published: Published) => void>();
  readonly #ended: Promise<unknown>;
  readonly #settings: unknown;
  #unread: Buffer = Buffer.alloc(0);
  #lastId = 0;

  /** Of the process of the server. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** `command` is what node runs; `settings` answers the server's questions for the section `yaml`. */
  constructor(command: readonly string[], settings: unknown = null) {
    this.#settings = settings;
    this.#child = spawn(process.execPath, [...command], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.stdout?.on('data', (bytes: Buffer) => this.#read(bytes));
    this.#ended = new Promise((resolve) => this.#child.once('exit', resolve));
  }

  async initialize(rootUri: string, more: object = {}): Promise<unknown> {
    const answer = await this.request('initialize', {
      processId: process.pid,
      rootUri,
      capabilities: {
        workspace: { configuration: true },
        textDocument: {
          completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
          hover: { contentFormat: ['markdown'] },
        },
      },
      ...more,
    });
    this.notify('initialized', {});
    return answer;
  }

  open(uri: string, text: string): void {
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  }

  close(uri: string): void {
    this.notify('textDocument/didClose', { textDocument: { uri } });
  }

  /** The next diagnostics of the file for which `wanted` holds. Ask before doing what they are about. */
  published(uri: string, wanted: (found: readonly EditorDiagnostic[]) => boolean = () => true) {
    const { promise, resolve } = Promise.withResolvers<readonly EditorDiagnostic[]>();
    const listener = (published: Published) => {
      if (published.uri !== uri || !wanted(published.diagnostics)) return;
      this.#listeners.delete(listener);
      resolve(published.diagnostics);
    };
    this.#listeners.add(listener);
    return promise;
  }

  /** Until the server has ended, as it is asked to. */
  async stop(): Promise<void> {
    await this.request('shutdown', null);
    this.notify('exit', null);
    await this.#ended;
  }

  request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#lastId;
    const answer = Promise.withResolvers<unknown>();
    this.#answers.set(id, answer);
    this.#send({ id, method, params });
    return answer.promise;
  }

  notify(method: string, params: unknown): void {
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
    if (method === 'textDocument/publishDiagnostics')
      for (const listener of [...this.#listeners]) listener(message.params as Published);
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

  #configure(id: number, params: unknown): void {
    const { items } = params as { items: readonly { readonly section?: string }[] };
    this.#send({ id, result: items.map(({ section }) => (section === 'yaml' ? this.#settings : null)) });
  }
}
