// Manifests that are fine as YAML and made to cost time.

const head = `apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: a }
spec:
  consumers: [{ name: in, type: schedule, every: 1m }]
  producers: [{ name: out, type: log }]
  steps:
`;
const steps = (count: number, step: (index: number) => string) =>
  head + Array.from({ length: count }, (_, index) => `    - { ${step(index)} }\n`).join('');
const oneStep = (expression: string) => steps(1, () => `name: a, type: map, expression: ${expression}`);
const template = (text: string) =>
  `${head.replace('type: log }', `type: log, message: "${text}" }`)}    - { name: a, type: map, expression: x }\n`;

const names = (letter: string) => Array.from({ length: 4000 }, (_, index) => `${letter}${index}`);

/** By what they are: the text, and the codes of what is wrong with it. */
export const hostileManifests: Readonly<
  Record<string, readonly [text: string, codes: readonly string[]]>
> = {
  'a chain as long as may be': [steps(500, (i) => `name: s${i}, type: map, expression: x`), []],
  'a chain of thousands of steps': [steps(6000, (i) => `name: s${i}, type: map, expression: x`), ['VRS2009']],
  'thousands of equal names': [steps(6000, () => 'name: s, type: map, expression: x'), ['VRS2009', 'VRS3005']],
  'thousands of unknown targets': [
    steps(5000, (i) => `name: s${i}, type: map, expression: x, to: t${i}`),
    ['VRS2009', 'VRS3001'],
  ],
  'thousands of cycles': [
    steps(
      4000,
      (i) => `name: s${i}, type: map, expression: x, to: [s${(i + 1) % 4000}, s${(i + 3999) % 4000}]`,
    ),
    ['VRS2009', 'VRS3002', 'VRS3004'],
  ],
  'thousands of unreachable steps': [
    steps(5000, (i) => `name: s${i}, type: map, expression: x, to: out`),
    ['VRS2009', 'VRS3003'],
  ],
  'tens of thousands of ways': [
    steps(
      200,
      (i) =>
        `name: s${i}, type: map, expression: x, to: [${[...Array(200 - i - 1).keys()]
          .map((j) => `s${i + j + 1}`)
          .concat('out')
          .join()}]`,
    ),
    [],
  ],
  'thousands of producers that all get everything': [
    `${head.replace('[{ name: out, type: log }]', `[${names('p').map((name) => `{ name: ${name}, type: log }`)}]`)}    - { name: a, type: gzip }\n`,
    [],
  ],
  'routes to thousands of producers': [
    `${head.replace('[{ name: out, type: log }]', `[${names('p').map((name) => `{ name: ${name}, type: log }`)}]`)}    - { name: a, type: route, routes: [${names('p').map((name) => `{ when: x, to: ${name} }`)}] }\n`,
    [],
  ],
  'thousands of consumers': [
    `${head.replace('[{ name: in, type: schedule, every: 1m }]', `[${names('c').map((name) => `{ name: ${name}, type: schedule, every: 1m }`)}]`)}    - { name: a, type: gzip }\n`,
    [],
  ],
  'thousands of unknown types': [steps(7000, (i) => `name: s${i}, type: mapp`), ['VRS1017', 'VRS2007', 'VRS2009']],
  'thousands of unknown fields': [
    steps(5000, (i) => `name: s${i}, type: map, expresion: x, foo: 1`),
    ['VRS1017', 'VRS2001', 'VRS2009'],
  ],
  'thousands of eaten expressions': [
    steps(5000, (i) => `name: s${i}, type: map, expression: { a: b }`),
    ['VRS2009', 'VRS4010'],
  ],
  'thousands of broken expressions': [
    steps(6000, (i) => `name: s${i}, type: map, expression: "a${i}("`),
    ['VRS1017', 'VRS2009', 'VRS4001'],
  ],
  'an expression of a megabyte': [oneStep(`"${'a + '.repeat(200_000)}b"`), ['VRS2009']],
  'an expression of nothing but brackets': [oneStep(`"${'('.repeat(60_000)}"`), ['VRS4001']],
  'a hundred thousand holes': [template('{{ a }}'.repeat(100_000)), ['VRS2009']],
  'holes that are never closed': [template('{{ '.repeat(2000)), ['VRS4001']],
  'holes inside holes': [template(`${'{{ a '.repeat(5000)}${'}}'.repeat(5000)}`), ['VRS4001']],
  'a hundred thousand references': [template('${env:A}'.repeat(100_000)), ['VRS2009', 'VRS3010']],
  'references that are never closed': [template('${'.repeat(200_000)), ['VRS2009', 'VRS3011']],
  'rules ninety deep': [
    steps(
      1,
      () => `name: a, type: filter, rules: ${'{ not: '.repeat(90)}{ field: a, gt: 5 }${' }'.repeat(90)}`,
    ),
    [],
  ],
  'a name of a megabyte': [
    steps(1, () => `name: ${'x'.repeat(500_000)}, type: map, expression: x, to: ${'y'.repeat(400_000)}`),
    ['VRS2008', 'VRS3001'],
  ],
};
