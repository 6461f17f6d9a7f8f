import assert from 'node:assert/strict';
import { test } from 'node:test';
import { displayWidth } from '../../diagnostics/display-width.ts';
import { type Paint, plain } from '../report/findings.ts';
import type { Panel, Played } from './panels.ts';
import { renderPlayed } from './render-played.ts';

const panel = (title: string, lines: readonly string[], more: Partial<Panel> = {}): Panel => ({
  ...{ title, type: 'map', lines, notes: [] },
  ...more,
});
const played = (...panels: readonly Panel[]): Played => ({
  panels,
  endings: [{ kind: 'plain', text: 'delivered to out' }],
});
const lines = (one: Played, width: number, maxLines?: number) =>
  renderPlayed(one, { width, paint: plain, ...(maxLines === undefined ? {} : { maxLines }) }).split('\n');

test('panels stand side by side, each with its time at the right', () => {
  const one = played(panel('in', ['a', 'b']), panel('up', ['A'], { ms: 0.254 }));
  assert.deepEqual(lines(one, 59), [
    'in                           │ up                   0.25 ms',
    'map                          │ map',
    'a                            │ A',
    'b                            │',
    '',
    '→ delivered to out',
    '',
  ]);
});

test('on a narrow terminal they stand one below the other, and never wider than it', () => {
  const one = played(
    panel('in', ['x'.repeat(80)]),
    panel('a-step-with-a-rather-long-name', ['y'], { ms: 12.5 }),
  );
  for (const width of [12, 20, 54, 55, 80, 200])
    for (const line of lines(one, width)) assert.ok(displayWidth(line) <= width, `${width}: ${line}`);
  assert.deepEqual(lines(one, 20).slice(0, 6), [
    'in',
    'map',
    `${'x'.repeat(19)}…`,
    '',
    'a-step-with… 12.5 ms',
    'map',
  ]);
});

test('wide characters take two cells, and nothing of a message reaches the terminal as a command', () => {
  const [, , wide] = lines(played(panel('in', ['漢字漢字漢字漢字漢字漢字漢字漢字'])), 20);
  assert.equal(displayWidth(String(wide)), 19);
  const [, , shown] = lines(played(panel('in', ['\u001b[2Jgone\u202e\u0007'])), 40);
  assert.equal(shown, '\ufffd[2Jgone\ufffd\ufffd');
});

test('of a long message as many lines are shown as there is room for', () => {
  const one = played(panel('in', ['1', '2', '3', '4', '5']));
  assert.deepEqual(lines(one, 40, 3).slice(2, 5), ['1', '2', '… 3 more lines']);
  assert.deepEqual(lines(one, 40, 5).slice(2, 7), ['1', '2', '3', '4', '5']);
});

test('what a step changed is green, and what went wrong red', () => {
  const paint: Paint = (style, text) => `<${style}>${text.trimEnd()}</>`;
  const one = played(
    panel('in', ['{', '  "a": 1,', '  "b": 2', '}']),
    panel('set', ['{', '  "a": 1', '  "c": 3', '}'], { notes: [{ kind: 'bad', text: 'no' }] }),
  );
  const shown = renderPlayed(one, { width: 60, paint });
  assert.match(shown, /<green> {2}"c": 3<\/>/);
  assert.doesNotMatch(shown, /<green> {2}"[ab]"/);
  assert.match(shown, /<red>no<\/>/);
});
