// Visual Studio Code itself, for tests: its server (code-server) with the extension of deploy/vscode, and a browser that shows it.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { startChildServer } from '../../engine/devserver/object-servers/child-server.ts';
import type { Missing } from '../../engine/devserver/object-servers/fetched.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '..', '..');
const folderOfEditor = path.join(homedir(), '.cache/vrsky/test-servers/code-server-4.139.1');
const browsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const patience = 120_000;

export interface VisualStudioCode {
  readonly page: Page;
  /** The folder that is open in it: what `vrsky init` wrote. */
  readonly workspace: string;
  /** Opens a file of the workspace by its name. */
  openFile(name: string): Promise<void>;
  /** Runs a command by its title. */
  command(title: string): Promise<void>;
  stop(): Promise<void>;
}

/** Where the editor and a browser are, or what to do about that. */
export function installedEditor(): { readonly editor: string; readonly browser: string } | Missing {
  const editor = path.join(folderOfEditor, 'node_modules/.bin/code-server');
  if (!existsSync(editor))
    return {
      missing: `code-server is not there: npm install --prefix ${folderOfEditor} code-server@4.139.1`,
    };
  const browser = browsers.find((file) => existsSync(file));
  return browser === undefined
    ? { missing: 'there is no Chromium: apt-get install chromium' }
    : { editor, browser };
}

/** Packages the extension, installs it and opens the workspace. Takes a minute; needs the npm registry. */
export async function startVisualStudioCode(
  { editor, browser }: Exclude<ReturnType<typeof installedEditor>, Missing>,
  prepare: (workspace: string) => Promise<void>,
): Promise<VisualStudioCode> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vrsky-vscode-'));
  const workspace = path.join(folder, 'workspace');
  await newWorkspace(workspace);
  await prepare(workspace);
  const own = [
    '--user-data-dir',
    path.join(folder, 'user'),
    '--extensions-dir',
    path.join(folder, 'extensions'),
  ];
  await run(editor, [...own, '--install-extension', await packaged(path.join(folder, 'source'))]);
  const server = await startChildServer({
    command: editor,
    args: (port) => [
      ...[...own, '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-workspace-trust'],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override', workspace],
    ],
    killedBy: 'SIGTERM',
  });
  const window = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] });
  const page = await window.newPage({ viewport: { width: 1400, height: 900 } });
  page.setDefaultTimeout(patience);
  await page.goto(`${server.url}/?folder=${workspace}`);
  await page.waitForSelector('.monaco-workbench .explorer-folders-view');
  const pick = async (key: string, text: string) => {
    await page.keyboard.press(key);
    await page.locator('.quick-input-widget input').first().waitFor();
    await page.keyboard.type(text);
    await page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click();
  };
  return {
    page,
    workspace,
    openFile: (name) => pick('Control+P', name),
    command: (title) => pick('F1', title),
    async stop() {
      await window.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** As a user has it: `vrsky` and the Node.js that it needs among the workspace's programs. */
async function newWorkspace(workspace: string): Promise<void> {
  await run(process.execPath, [path.join(root, 'bin/vrsky.mjs'), 'init', workspace]);
  const programs = path.join(workspace, 'node_modules/.bin');
  await mkdir(programs, { recursive: true });
  await symlink(path.join(root, 'bin/vrsky.mjs'), path.join(programs, 'vrsky'));
  await symlink(process.execPath, path.join(programs, 'node'));
}

/** By the commands of the extension's README. */
async function packaged(folder: string): Promise<string> {
  await cp(path.join(root, 'deploy/vscode'), folder, { recursive: true });
  await run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund'], { cwd: folder });
  await run(
    'npx',
    ['--yes', '@vscode/vsce@4.1.0', 'package', '--allow-missing-repository', '--skip-license'],
    { cwd: folder },
  );
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.vsix'));
  return path.join(folder, file as string);
}
