// The stock YAML language server with the settings an editor has by default; manifests name their schema in a modeline.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { atMark, type CompletionItem, type EditorDiagnostic, LanguageServer } from './language-server.ts';

export type { CompletionItem, EditorDiagnostic } from './language-server.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const SERVER = path.join(root, 'node_modules/yaml-language-server/bin/yaml-language-server');

export class YamlServer {
  readonly #server = new LanguageServer([SERVER, '--stdio'], {
    validate: true,
    hover: true,
    completion: true,
    schemaStore: { enable: false },
  });
  #lastFile = 0;

  static async start(): Promise<YamlServer> {
    const server = new YamlServer();
    await server.#server.initialize(pathToFileURL(root).href);
    return server;
  }

  /** What the server says about a text that is opened as a file beside the example flows. */
  async diagnose(text: string): Promise<readonly EditorDiagnostic[]> {
    const uri = this.#newFile();
    const published = this.#server.published(uri);
    this.#server.open(uri, text);
    const found = await published;
    this.#server.close(uri);
    return found;
  }

  /** The proposals at the `¦` in a text. */
  async complete(marked: string): Promise<readonly CompletionItem[]> {
    const answer = await this.#ask('textDocument/completion', marked);
    return (answer as { items: readonly CompletionItem[] }).items;
  }

  /** The Markdown shown over the `¦` in a text. */
  async hover(marked: string): Promise<string> {
    const answer = await this.#ask('textDocument/hover', marked);
    return (answer as { contents: { value: string } } | null)?.contents.value ?? '';
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async #ask(method: string, marked: string): Promise<unknown> {
    const { text, position } = atMark(marked);
    const uri = this.#newFile();
    this.#server.open(uri, text);
    const answer = await this.#server.request(method, { textDocument: { uri }, position });
    this.#server.close(uri);
    return answer;
  }

  #newFile(): string {
    return pathToFileURL(path.join(root, `flows/editor-${++this.#lastFile}.vrsky.yaml`)).href;
  }
}
