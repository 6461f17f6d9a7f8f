import assert from 'node:assert/strict';
import { test } from 'node:test';
import { XMLParser } from 'fast-xml-parser';
import { checkSources } from '../../flow/check.ts';
import { stepTypes } from '../../steps/index.ts';
import { goldenFiles } from '../golden-files.ts';
import { type CaseResult, runCase } from '../run-case.ts';
import { suitesOf } from '../suite.ts';
import { plain } from './findings.ts';
import { renderHuman } from './human.ts';
import { renderJunit } from './junit.ts';
import { renderTap } from './tap.ts';

const text = `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: orders }
spec:
  consumers: [ { name: in, type: http, path: /orders } ]
  producers: [ { name: out, type: log } ]
---
apiVersion: vrsky.io/v1
kind: Test
metadata: { name: orders }
spec:
  flow: orders
  cases:
    - name: goes through
      given: [ { payload: 1 } ]
      expect: { delivered: [ { to: out } ] }
    - name: "<b> & #1 \\"quoted\\""
      given: [ { payload: "\\u0000]]>" } ]
      expect: { delivered: [ { to: out, payload: 2 } ] }
`;

async function resultsOf(): Promise<readonly CaseResult[]> {
  const { value } = await checkSources([{ file: 'orders.yaml', text }]);
  const [suite] = suitesOf(value.tests, value.flows);
  assert.ok(suite);
  const parts = { stepTypes, read: () => Buffer.of(), golden: goldenFiles('', false) };
  return [await runCase(suite, 0, parts), await runCase(suite, 1, parts)];
}

const withoutTimes = (report: string) => report.replaceAll(/\(\d+ ms\)/g, '(n ms)');

test('people see what passed, what failed and why', async () => {
  assert.equal(
    withoutTimes(renderHuman(await resultsOf(), plain)),
    `orders.yaml
  ✓ goes through
  ✗ <b> & #1 "quoted" orders.yaml:17:13
      orders.yaml:19:50 the payload is another
          - expected  2
          + actual    "\\u0000]]>"
      what happened:
        delivered to out: "\\u0000]]>"

✗ 1 of 2 tests failed (n ms)
`,
  );
});

test('TAP names every test, escapes directives, and explains failures in YAML', async () => {
  assert.equal(
    renderTap(await resultsOf()),
    `TAP version 14
1..2
ok 1 - orders: goes through
not ok 2 - orders: <b> & \\#1 "quoted"
  ---
  at: "orders.yaml:19:50"
  message: |-
    orders.yaml:19:50 the payload is another
        - expected  2
        + actual    "\\u0000]]>"
    what happened:
      delivered to out: "\\u0000]]>"
  ...
`,
  );
});

test('JUnit XML is well-formed and says what failed', async () => {
  const report = renderJunit(await resultsOf());
  const parsed = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(report, true);
  const { testsuite } = parsed.testsuites;
  assert.deepEqual([testsuite.tests, testsuite.failures, testsuite.file], ['2', '1', 'orders.yaml']);
  const [passed, failed] = testsuite.testcase;
  assert.equal(passed.failure, undefined);
  assert.equal(failed.name, '<b> & #1 "quoted"');
  assert.equal(failed.failure.message, 'the payload is another');
  assert.match(failed.failure['#text'], /- expected {2}2/);
});

test('control characters that XML cannot hold do not break JUnit reports', () => {
  const result = {
    findings: [],
    name: 'a\u0000\ud800b',
    ms: 1,
    range: { start: { line: 1, column: 1 } },
    happened: [],
  };
  const suite = { name: 'orders', document: { file: 'orders.yaml' } };
  const report = renderJunit([{ ...result, suite } as unknown as CaseResult]);
  assert.ok(report.includes('name="a\ufffd\ufffdb"'), report);
});
