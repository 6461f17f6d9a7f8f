// The extension of deploy/vscode in Visual Studio Code: what somebody who edits a flow sees.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { isMissing } from '../../engine/devserver/object-servers/fetched.ts';
import { installedEditor, startVisualStudioCode, type VisualStudioCode } from './vscode.ts';

const found = installedEditor();

describe('the extension in Visual Studio Code', { skip: isMissing(found) && found.missing }, async () => {
  if (isMissing(found)) return;
  let code: VisualStudioCode;
  after(() => code?.stop());

  test('marks mistakes that only vrsky lsp knows, at their place', async () => {
    code = await startVisualStudioCode(found, async (workspace) => {
      const flow = await readFile(path.join(workspace, 'flows/orders.vrsky.yaml'), 'utf8');
      const broken = flow.replace('name: orders', 'name: broken').replace('$sum(', '$summ(');
      await writeFile(path.join(workspace, 'flows/broken.vrsky.yaml'), broken);
    });
    await code.openFile('broken.vrsky.yaml');
    await code.page.locator('.squiggly-error').first().waitFor();
    await code.command('Problems: Focus on Problems View');
    const problem = code.page.locator('.markers-panel .monaco-list-row', { hasText: 'no function $summ' });
    await problem.waitFor();
    assert.match(String(await problem.textContent()), /VRS4002/);
  });

  test('mends it in the buffer that is not saved', async () => {
    await code.command('Go to Next Problem (Error, Warning, Info)');
    await code.page.keyboard.press('Escape');
    await code.page.keyboard.press('Control+.');
    await code.page.locator('.action-widget .monaco-list-row', { hasText: '$sum' }).first().click();
    await code.page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
    const saved = await readFile(path.join(code.workspace, 'flows/broken.vrsky.yaml'), 'utf8');
    assert.match(saved, /\$summ\(/);
  });

  test('completes functions', async () => {
    await code.page.keyboard.press('Control+End');
    await code.page.keyboard.type('\n    - { name: b, type: file, directory: ./b, path: "{{ $upp');
    await code.page.keyboard.press('Control+Space');
    await code.page.locator('.suggest-widget .monaco-list-row', { hasText: 'uppercase' }).first().waitFor();
  });
});
