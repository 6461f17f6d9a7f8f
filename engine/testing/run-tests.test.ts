import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { stepTypes } from '../steps/index.ts';
import { findingLines, plain } from './report/findings.ts';
import { runTests, type TestOptions } from './run-tests.ts';

let workingDirectory: string;
beforeEach(() => {
  workingDirectory = mkdtempSync(path.join(tmpdir(), 'vrsky-tests-'));
});
afterEach(() => rmSync(workingDirectory, { recursive: true }));

function write(name: string, text: string): void {
  writeFileSync(path.join(workingDirectory, name), text);
}

function flow(steps: string, more = ''): void {
  write(
    'orders.yaml',
    `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: orders }
spec:
  consumers: [ { name: in, type: http, path: /orders } ]
${steps === '' ? '' : `  steps:\n${steps}\n`}  producers:
    - { name: out, type: file, path: "{{ id }}.json" }
${more}`,
  );
}

/** `cases` as items of the list, indented by four. */
function tests(cases: string, more = ''): void {
  write(
    'orders.test.yaml',
    `apiVersion: vrsky.io/v1\nkind: Test\nmetadata: { name: orders }\nspec:\n  flow: orders\n${more}  cases:\n${cases}\n`,
  );
}

const run = (options: Partial<TestOptions> = {}) =>
  runTests(['.'], { stepTypes, workingDirectory, ...options });

/** What every test has to complain of: line of the place, then the message. */
async function complaints(options: Partial<TestOptions> = {}): Promise<readonly string[]> {
  const { results, diagnostics } = await run(options);
  assert.deepEqual(diagnostics, []);
  return results.flatMap(({ findings }) =>
    findings.map(({ range, message }) => `${range.start.line}: ${message}`),
  );
}

const one = (expect: string, given = '{ payload: { id: A, n: 1 } }') =>
  `    - name: one\n      given: [ ${given} ]\n      expect:\n        ${expect}`;

test('a test passes when everything that leaves the flow is as it says', async () => {
  flow('');
  tests(one('delivered: [ { to: out, payload: { id: A, n: 1 }, fields: { path: A.json } } ]'));
  assert.deepEqual(await complaints(), []);
});

test('what is not expected must not happen', async () => {
  flow('');
  tests(one('delivered: [ { to: out } ]', '{ payload: { id: A } }, { payload: { id: B } }'));
  assert.deepEqual(await complaints(), ['10: not expected: delivered to out: {"id":"B"}']);
});

test('what is expected must happen, so many times', async () => {
  flow('    - { name: none, type: filter, when: n > 1 }');
  tests(one('delivered: [ { to: out, count: 2 } ]'));
  assert.deepEqual(await complaints(), [
    '10: out does not get this message (2 are missing)',
    '10: not expected: filtered by none: not n > 1',
  ]);
});

test('every matcher says what it misses, at its place', async () => {
  flow('');
  tests(`    - name: all
      given: [ { payload: { id: A, n: 1, list: [1, 2] }, headers: { X-Kind: a }, key: k } ]
      expect:
        delivered:
          - to: out
            payload: { id: A }
            like: { list: [1] }
            text: '{}'
            where: n = 2
            contentType: text/plain
            headers: { X-Kind: b }
            key: other
            fields: { path: B.json }
            attempts: 2
            notBefore: 1s
            golden: golden.json`);
  assert.deepEqual(await complaints(), [
    '12: the payload is another',
    '13: the payload is not like this',
    '14: the text is another',
    '22: there is no file golden.json yet: vrsky test --update writes it',
    '15: the condition does not hold',
    '16: contentType: not as expected',
    '17: headers: not as expected',
    '18: key: not as expected',
    '19: fields: not as expected',
    '20: attempts: not as expected',
    '21: delivered too early: it took 0 s',
  ]);
});

test('reasons, codes and causes are compared', async () => {
  flow(
    '    - { name: big, type: filter, when: n > 1 }\n    - { name: up, type: map, expression: "$uppercase(id)" }',
  );
  tests(`    - name: ends
      given: [ { payload: { n: 1 } }, { payload: { n: 2, id: 7 } } ]
      expect:
        filtered: [ { by: big, reason: too small } ]
        dead: [ { at: up, code: VRS8224, because: attempts, attempts: 2, error: schema } ]`);
  const found = await complaints();
  assert.deepEqual(
    found.map((line) => line.replace(/ \(VRS4103.*/, '')),
    [
      '10: the reason is another',
      '11: code: not as expected',
      '11: because: not as expected',
      '11: attempts: not as expected',
      '11: the failure is another',
    ],
  );
});

test('a report shows expected and actual values with their path, and what happened', async () => {
  flow('');
  tests(one('delivered: [ { to: out, payload: { id: A, n: 2, m: 3 } } ]'));
  const { results } = await run();
  assert.deepEqual(findingLines(results[0] as (typeof results)[0], plain), [
    'orders.test.yaml:10:42 the payload is another',
    '  n',
    '    - expected  2',
    '    + actual    1',
    '  m',
    '    - expected  3',
    '    + actual    nothing',
    'what happened:',
    '  delivered to out: {"id":"A","n":1}',
  ]);
});

test('golden files are written when asked to and compared otherwise', async () => {
  flow('');
  tests(one('delivered: [ { to: out, golden: golden/a.json } ]'));
  const { written } = await run({ update: true });
  assert.deepEqual(written, ['golden/a.json']);
  const file = path.join(workingDirectory, 'golden/a.json');
  assert.equal(readFileSync(file, 'utf8'), '{\n  "id": "A",\n  "n": 1\n}\n');
  assert.deepEqual((await run({ update: true })).written, []);
  assert.deepEqual(await complaints(), []);
  writeFileSync(file, '{"n":2,"id":"A"}');
  assert.deepEqual(await complaints(), ['10: the payload is not that of golden/a.json']);
});

test('only tests with the text in their name run', async () => {
  flow('');
  tests(
    `${one('delivered: [ { to: out } ]')}\n${one('delivered: [ { to: out } ]').replace('one', 'Another')}`,
  );
  const names = async (filter: string) => (await run({ filter })).results.map(({ name }) => name);
  assert.deepEqual(await names('aNOTHER'), ['Another']);
  assert.deepEqual(await names('orders: one'), ['one']);
  assert.deepEqual(await names('nobody'), []);
});

test('nothing is left over from one test to the next', async () => {
  flow('    - { name: once, type: dedupe, key: id, window: 1h }');
  tests(`${one('delivered: [ { to: out } ]')}\n${one('delivered: [ { to: out } ]').replace('one', 'two')}`);
  assert.deepEqual(await complaints(), []);
});

test('values of the environment come from the test or are left as they are, secrets are never needed', async () => {
  process.env.ORDERS_FOLDER = 'of the machine';
  flow(
    '',
    '    - { name: api, type: http, url: "${env:ORDERS_URL}/{{ id }}", headers: { x-from: "${env:ORDERS_FOLDER:-here} {{ id }}" }, auth: { type: bearer, token: "${secret:TOKEN}" } }',
  );
  tests(
    one('delivered: [ { to: out }, { to: api, fields: { url: http://api/A, headers.x-from: here A } } ]'),
    '  env: { ORDERS_URL: http://api }\n',
  );
  assert.deepEqual(await complaints(), []);
  delete process.env.ORDERS_FOLDER;
});

test('a flow that cannot run fails its tests with the reason', async () => {
  flow('    - { name: check, type: validate, schema: { $ref: "#/definitions/none" } }');
  tests(one('delivered: [ { to: out } ]'));
  const [first] = await complaints();
  assert.match(first ?? '', /^7: the flow cannot run: .*#\/definitions\/none/);
});

test('coverage names steps, routes, outcomes and producers that no test reached', async () => {
  flow(
    `    - { name: big, type: filter, when: n > 0 }
    - { name: check, type: validate, schema: { type: object }, onError: drop }
    - { name: where, type: route, routes: [ { when: n > 5, to: out }, { when: n > 3, to: [ other ] } ] }`,
    '    - { name: other, type: log }\n',
  );
  tests(one('delivered: [ { to: out } ]', '{ payload: { id: A, n: 6 } }'));
  const { coverage } = await run();
  assert.deepEqual(
    coverage[0]?.items
      .filter(({ reached }) => !reached)
      .map(({ name, range }) => `${range.start.line} ${name}`),
    [
      '7 filter big: filters',
      '8 validate check: fails',
      '9 route where → other',
      '9 route where → drop',
      '12 producer other',
    ],
  );
  assert.equal(coverage[0]?.items.length, 11);
});

test('with mistakes in manifests nothing is run', async () => {
  flow('');
  tests(one('delivered: [ { to: uot } ]', '{ payload: 1, text: a }, { file: none.json }'));
  const { diagnostics, results } = await run();
  assert.deepEqual([diagnostics.map(({ code }) => code), results], [['VRS2012'], []]);
  tests(one('delivered: [ { to: uot } ]', '{ file: none.json }'));
  const checked = await run();
  assert.deepEqual(
    checked.diagnostics.map(({ code, range, fix }) => [code, range.start.line, fix?.text]),
    [
      ['VRS3105', 8, undefined],
      ['VRS3102', 10, 'out'],
    ],
  );
});

test('a test that is named by itself finds the flow beside it', async () => {
  flow('');
  tests(one('delivered: [ { to: out } ]'));
  const { results } = await runTests(['orders.test.yaml'], { stepTypes, workingDirectory });
  assert.equal(results.length, 1);
});

test('a thousand tests run', async () => {
  flow(`    - { name: big, type: filter, when: n >= 0 }
    - { name: shape, type: map, expression: '{ "id": id, "twice": n * 2 }' }`);
  const cases = Array.from(
    { length: 1000 },
    (_, n) => `    - name: test ${n}
      given: [ { payload: { id: A${n}, n: ${n} } } ]
      producers: { out: [ { fail: 1 } ] }
      expect: { delivered: [ { to: out, payload: { id: A${n}, twice: ${2 * n} }, attempts: 2 } ] }`,
  );
  tests(cases.join('\n'));
  const { results } = await run();
  assert.equal(results.filter(({ findings }) => findings.length === 0).length, 1000);
});
