import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { diagnose } from './diagnose.ts';
import { renderDiagnostics, wantsColor } from './render.ts';
import { TextPositions } from './text-positions.ts';

const file = 'flows/a.yaml';
const text = 'kind: Flow\nsteps:\n  - naem: x, 100%\n';
const positions = new TextPositions(text);
const range = positions.range(text.indexOf('naem'), text.indexOf('naem') + 4);
const misspelt = diagnose('VRS2001', file, range, 'Unknown field `naem`; did you mean `name`?', {
  help: 'A step has `name`\nand `type`.',
  related: [{ file: 'flows/b.yaml', range: positions.range(0, 4), message: 'the first one' }],
  fix: { title: 'Rename', range, text: 'name' },
});
const unset = diagnose('VRS3010', file, positions.range(0, 4), 'Not set: 50%\nreally');
const sources = new Map([[file, text]]);

suite('human', () => {
  test('shows place, code, the line with a marker, other places, help and a count', () => {
    assert.equal(
      renderDiagnostics([misspelt, unset], { sources }),
      `flows/a.yaml:1:1 warning VRS3010 Not set: 50%
really
    |
  1 | kind: Flow
    | ^^^^

flows/a.yaml:3:5 error VRS2001 Unknown field \`naem\`; did you mean \`name\`?
    |
  3 |   - naem: x, 100%
    |     ^^^^
  see flows/b.yaml:1:1 the first one
  help: A step has \`name\`
        and \`type\`.

1 error, 1 warning in 1 file
`,
    );
  });

  test('colours change nothing but colours', () => {
    const plain = renderDiagnostics([misspelt, unset], { sources });
    const colored = renderDiagnostics([misspelt, unset], { sources, color: true });
    assert.notEqual(colored, plain);
    assert.equal(stripVTControlCharacters(colored), plain);
  });

  test('a file whose text is not at hand is shown without its line', () => {
    assert.equal(
      renderDiagnostics([unset]),
      'flows/a.yaml:1:1 warning VRS3010 Not set: 50%\nreally\n\n1 warning in 1 file\n',
    );
  });

  test('what came from a file cannot control the terminal', () => {
    const evil = diagnose('VRS2001', 'a\u001b[2J.yaml', range, 'Unknown field \u001b]0;x\u0007');
    const shown = renderDiagnostics([evil]);
    assert.equal(shown, stripVTControlCharacters(shown));
    assert.ok(shown.includes('\ufffd]0;x\ufffd'));
  });

  test('nothing wrong prints nothing', () => {
    assert.equal(renderDiagnostics([]), '');
  });
});

test('json is one document with a version, everything known, and a summary', () => {
  const parsed = JSON.parse(renderDiagnostics([misspelt, unset], { format: 'json', sources }));
  assert.deepEqual(parsed, {
    formatVersion: 1,
    diagnostics: [unset, misspelt],
    summary: { errors: 1, warnings: 1, infos: 0 },
  });
  assert.equal(JSON.parse(renderDiagnostics([], { format: 'json' })).diagnostics.length, 0);
});

test('github gets one workflow command per diagnostic, escaped', () => {
  assert.equal(
    renderDiagnostics([misspelt, unset, diagnose('VRS2001', 'a,b:c.yaml', range, 'x')], { format: 'github' }),
    `::error file=a%2Cb%3Ac.yaml,line=3,endLine=3,col=5,endColumn=8,title=VRS2001 Unknown field::x
::warning file=flows/a.yaml,line=1,endLine=1,col=1,endColumn=4,title=VRS3010 An environment variable is not set::Not set: 50%25%0Areally
::error file=flows/a.yaml,line=3,endLine=3,col=5,endColumn=8,title=VRS2001 Unknown field::Unknown field \`naem\`; did you mean \`name\`?%0AA step has \`name\`%0Aand \`type\`.
`,
  );
});

test('sarif names the rule, the place and the level of each result', () => {
  const log = JSON.parse(renderDiagnostics([misspelt, unset], { format: 'sarif' }));
  const [run] = log.runs;
  assert.equal(log.version, '2.1.0');
  assert.deepEqual(
    run.tool.driver.rules.map((rule: { id: string }) => rule.id),
    ['VRS2001', 'VRS3010'],
  );
  assert.deepEqual(run.results[1].locations[0].physicalLocation, {
    artifactLocation: { uri: 'flows/a.yaml' },
    region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 9 },
  });
  assert.deepEqual(
    run.results.map(({ level, ruleIndex }: { level: string; ruleIndex: number }) => [level, ruleIndex]),
    [
      ['warning', 1],
      ['error', 0],
    ],
  );
});

test('colours go to terminals only, and NO_COLOR and FORCE_COLOR decide', () => {
  assert.equal(wantsColor({ isTTY: true }, {}), true);
  assert.equal(wantsColor({}, {}), false);
  assert.equal(wantsColor({ isTTY: true }, { NO_COLOR: '1' }), false);
  assert.equal(wantsColor({ isTTY: true }, { NO_COLOR: '' }), true);
  assert.equal(wantsColor({}, { FORCE_COLOR: '1' }), true);
  assert.equal(wantsColor({}, { FORCE_COLOR: '1', NO_COLOR: '1' }), false);
  assert.equal(wantsColor({ isTTY: true }, { TERM: 'dumb' }), false);
});
