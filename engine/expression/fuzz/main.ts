// The differential tester as a program: npm run fuzz:expression -- --minutes N [--seed S] [--all]
import { parseArgs } from 'node:util';
import { campaign } from './campaign.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    cases: { type: 'string' },
    all: { type: 'boolean', default: false },
  },
});

const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
process.stderr.write(`seed ${seed}, ${values.minutes} minutes\n`);
const report = await campaign({
  seed,
  until: performance.now() + Number(values.minutes) * 60_000,
  ...(values.cases === undefined ? {} : { cases: Number(values.cases) }),
  differences: values.all ? 1000 : 1,
  onDifference: ({ seed: at, source, document, expected, actual }) => {
    process.stdout.write(
      `seed ${at}\n  expression ${source}\n  document   ${JSON.stringify(document).slice(0, 600)}\n  package    ${expected.slice(0, 300)}\n  compiled   ${actual.slice(0, 300)}\n`,
    );
  },
});
const { cases, skipped, notCompiled, differences } = report;
process.stdout.write(
  `${cases} cases, ${skipped} not comparable (of these ${notCompiled} not compiled), ${differences.length} differences\n`,
);
process.exitCode = differences.length > 0 ? 1 : 0;
