// Expressions and data made to use up a worker: every one must end in time, with an answer or an error of the language.
import { type EvaluationLimits, ExpressionError } from '../index.ts';
import type { Expression } from '../types.ts';

/** Texts of `size` UTF-16 units, lists of `items`, values nested `depth` deep. */
export interface HostileSize {
  readonly size: number;
  readonly items: number;
  readonly depth: number;
}

/** What the expressions below find in their input. Texts are flat, as those of messages are. */
export function hostileInput({ size, items, depth }: HostileSize): Readonly<Record<string, unknown>> {
  const numbers = Array.from({ length: items }, (_, index) => (index * 7919) % 1_000_003);
  const input = {
    ascii: fill('abcdefghij', size),
    wide: fill('aé😀b ', size),
    spaces: fill(' ', size),
    blanks: fill(' x\t', size),
    same: fill('a', size),
    digits: fill('9', size),
    escapes: fill('%20', size),
    base64: fill('QUJD', size),
    twin: fill('a', size),
    page: fill('aé😀b ', Math.min(size, PAGE)),
    letters: fill('a', Math.min(size, PAGE)),
    numbers,
    texts: numbers.map((number) => `k${number}`),
    objects: numbers.map((number) => ({ a: number, b: `x${number}` })),
    object: Object.fromEntries(numbers.slice(0, items / 8).map((number) => [`k${number}`, number])),
    deepObject: nest(depth, (inner) => ({ a: inner })),
    deepList: nest(depth, (inner) => [inner]),
  };
  return JSON.parse(JSON.stringify(input)) as Readonly<Record<string, unknown>>;
}

/** Short enough to be worked on in one go. */
const PAGE = 60_000;

function fill(text: string, size: number): string {
  return text.repeat(Math.ceil(size / text.length));
}

function nest(depth: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = wrap(value);
  return value;
}

/** Codes with which something too large or too long may end. */
export const LIMIT_CODES: ReadonlySet<string> = new Set(['D1011', 'D1012', 'D2014', 'D2015', 'D2016']);

/** What an expression ends with: `answer`, or the code of its error. */
export type Ending = string;

export interface Ended {
  readonly ending: Ending;
  /** Milliseconds of wall time and of processor time that the event loop stood still. */
  readonly blockedMs: number;
  readonly processorMs: number;
}

export function runHostile(expression: Expression, input: unknown, limits: Partial<EvaluationLimits>): Ended {
  const before = process.threadCpuUsage();
  const start = performance.now();
  const ending = endingOf(() => expression.evaluate(input, {}, limits));
  const blockedMs = performance.now() - start;
  const { user, system } = process.threadCpuUsage(before);
  return { ending, blockedMs, processorMs: (user + system) / 1000 };
}

function endingOf(evaluate: () => unknown): Ending {
  try {
    evaluate();
    return 'answer';
  } catch (error) {
    if (error instanceof ExpressionError) return error.code;
    throw error;
  }
}

/** What must end with that one code, however fast the machine is. */
export const ENDLESS: readonly (readonly [source: string, code: string])[] = [
  ['[1..1e9]', 'D2014'],
  ['[0..10000000]', 'D2014'],
  ['$sum([1..1e7].[1..1e7])', 'D1012'],
  ['$map([1..1e6], function($x){$map([1..1e6], function($y){$x*$y})})', 'D1012'],
  ['($f := function($n){$f($n+1)}; $f(1))', 'D1012'],
  ['($f := function($n){1+$f($n+1)}; $f(1))', 'D1011'],
  ['($f := function($n){$n < 2 ? $n : $f($n-1) + $f($n-2)}; $f(100))', 'D1012'],
  ['($x := function($x){$x($x)}; $x($x))', 'D1011'],
  ['($y := function($f){function($n){$f($f)($n)}}; $y($y)(1))', 'D1012'],
  ['($f := function($x){[$f($x)]}; $f(1))', 'D1011'],
  ['($f := function($x){$f({"a": $x})}; $f(1))', 'D1012'],
  ['($f := function($x){$x & $f($x)}; $f("x"))', 'D1011'],
  ['($f := function($x){$f($x & $x)}; $f("x"))', 'D2016'],
  ['($f := function($x){$f($join([$x, $x]))}; $f("xyz"))', 'D2016'],
  ['($f := function($x, $n){$n = 0 ? $x : $f({"a": $x, "b": $x}, $n - 1)}; $f(1, 40))', 'D2016'],
  ['($f := function($x, $n){$n = 0 ? $x : $f([[$x, $x]], $n - 1)}; $f(1, 40))', 'D2016'],
  ['($f := function($n){$eval("$f($n+1)")}; $f(1))', 'D1011'],
  ['$pad("x", 1e9)', 'D2016'],
  ['$pad("x", -1e300)', 'D2016'],
  ['$formatInteger(1e15, "I")', 'D1011'],
  ['objects@$a.objects@$b.objects@$c.{"a": $a, "b": $b}', 'D1012'],
  ['numbers.($$.numbers)', 'D1012'],
  ['$contains(same, /(a+)+b/)', 'D1012'],
  ['$contains(same, /(?=a)(a+)+b/)', 'D1012'],
  ['$match(same, /^(a|aa)+$/)', 'D1012'],
  ['$replace(same, /(a*)*b/, "")', 'D1012'],
  ['$split(same, /(a+)\\1+b/)', 'D1012'],
  ['$toMillis($pad("", 200, "1") & "x", "[Y][M][D][H][m][s][f][Y][M][D][H][m][s][f]")', 'answer'],
];

const BUSY = '$reduce([1..300000], function($a, $b){$a + $b})';

/** Patterns that go forward over a whole text, or try many beginnings, before anything stops them, also when little time is left. */
export const SEARCHES: readonly string[] = [
  '$match(same, /a+b/)',
  '$contains(same, /[ab]+c/)',
  '$contains(same, /a*?b/)',
  '$contains(same, /.*x/)',
  '$contains(same, /[^x]*y/)',
  '$contains(same, /a+$/)',
  '$contains(same, /A+B/i)',
  '$contains(same, /(?=a+b)a/)',
  '$contains(same, /(?!a+b)x/)',
  '$contains(same, /(?<=a+)b/)',
  '$contains(same, /(a+)\\1b/)',
  '$contains(wide, /([^b])\\1*x/)',
  '$contains(same, /a?a?a?b/)',
  '$contains(same, /a?a?a?b|a?a?a?c|a?a?a?d|a?a?a?e|a?a?a?f|a?a?a?g/)',
  '$contains($substring(ascii, 0, 1e6) & $substring(same, 0, 4e7), /x[^a]*ab|a?a?a?b|a?a?a?c|a?a?a?d/)',
  '$eval("$match($$.same, /" & $pad("", 2000, "a*") & "b/)")',
  '$eval("$contains($$.same, /" & $pad("", 1000, "a?") & "b/)")',
  '$split(same, /a+b/)',
  '$replace(same, /a+b/, "x")',
  '$match(same, /a{2000}/)',
  '$match(same, /a+?/, 10)',
  'same ~> /a+b/',
  '($m := /[ab]+c/; $m(same))',
  '$split(ascii, /[a-z]+1/)',
  'numbers.$contains($$.letters, /a+b/)',
  'numbers.$contains($$.letters, /a?a?a?b|a?a?a?c|a?a?a?d|a?a?a?e|a?a?a?f/)',
  ...['/a+b/', '/[ab]+c/', '/a?a?a?b/', '/(?<=a+)b/', '/(a)\\1*b/', '/(?=.*x)a/', '/^(a|aa)+$/'].map(
    (pattern) => `(${BUSY}; $contains(same, ${pattern}))`,
  ),
];

/** What may take too long, or not. */
export const HEAVY: readonly string[] = [
  '$split(ascii, "")',
  '$split(ascii, "a")',
  '$split(ascii, /a/)',
  '$split(ascii, /,/)',
  '$uppercase(ascii)',
  '$uppercase(wide)',
  '$lowercase(wide)',
  '$length(wide)',
  '$trim(blanks)',
  '$trim(spaces)',
  '$pad("x", 5e7)',
  '$pad("x", 5e7, "ab")',
  '$pad(wide, 6e7)',
  '$substring(wide, 10)',
  '$substring(wide, -10)',
  '$substringBefore(same, $substring(same, 1000) & "b")',
  '$substringAfter(same, "b" & $substring(same, 1000))',
  '$contains(same, "b" & $substring(same, 0, 50))',
  '$contains(same, "b" & $substring(same, 0, 100000))',
  '$contains(ascii, /zz/)',
  '$match(ascii, /[a-z]/)',
  '$match(ascii, /((((a*)*)*)*)*b/)',
  '$replace(ascii, "a", "b")',
  '$replace(ascii, "a", ascii)',
  '$replace(ascii, /[a-j]/, "$0$0")',
  '$join($split(ascii, ""), ",")',
  '$join(texts, ascii)',
  '$join(texts)',
  '$base64encode(ascii)',
  '$base64decode(base64)',
  '$encodeUrl(wide)',
  '$encodeUrlComponent(wide)',
  '$decodeUrl(escapes)',
  '$decodeUrlComponent(ascii)',
  '$string(objects)',
  '$string(object)',
  '$string($)',
  '$string([wide])',
  '$number(digits)',
  '$number(ascii)',
  '$clone(objects)',
  '$clone($)',
  '$toMillis(digits)',
  '$toMillis(ascii, "[Y]-[M]-[D]")',
  '$toMillis(digits, "[Y]")',
  '$toMillis(digits, ascii)',
  '$toMillis($pad("", 1e5, "1 "), $pad("", 1e6, "[Y] "))',
  '$fromMillis(0, ascii)',
  '$fromMillis(0, $pad("", 1e6, "[Y]"))',
  '$fromMillis(0, "[Y,9999999-*]")',
  '$fromMillis(0, "[Y]", digits)',
  '$formatNumber(1.5, ascii)',
  '$formatNumber(1.5, $pad("", 3e6, "0"))',
  '$formatNumber(1.5, $pad("", 3e6, ",0"))',
  '$formatNumber(1.5, $pad("0", 250, ",0"))',
  '$formatNumber(1.5, "0", {"zero-digit": ascii})',
  '$formatInteger(1, ascii)',
  '$formatInteger(1e300, "w")',
  '$formatInteger(1e300, "A")',
  '$formatInteger(1, $pad("", 3e6, "0,0"))',
  '$parseInteger(digits, "#")',
  '$parseInteger($pad("", 1e6, "one "), "w")',
  '$parseInteger($pad("", 1e7, "M"), "I")',
  '$parseInteger("1", $pad("", 1e6, "#,"))',
  '$round(1e300, 1e300)',
  '[1..1e7]',
  '[1..1e7].($ * 2)',
  '$sum([1..1e7])',
  '$reduce(numbers, function($a, $b){$a & "x" & $b}, "")',
  '$reduce(numbers, $append)',
  '$sort(numbers)',
  '$sort(texts, function($a, $b){$a < $b})',
  'objects^(>b, <a)',
  '$distinct(objects)',
  '$distinct(numbers)',
  '$shuffle([1..1e7])',
  '$reverse([1..1e7])',
  '$zip(numbers, texts, objects)',
  '$spread(objects)',
  '$merge(objects)',
  '$keys(objects)',
  '$each(object, function($value, $key){$key & $value})',
  '$sift(object, function($value){$value > 3})',
  '$lookup(objects, "a")',
  'objects.(a + 1)',
  'objects{b: a}',
  'objects{"x": a}',
  'objects[a > 3].b',
  'objects#$i.{"a": $i}',
  'objects.{"n": a, "of": %.ascii}',
  '**',
  '*',
  'numbers[[0..100000]]',
  'numbers[$ in $$.numbers]',
  'objects ~> |$|{"c": 1}|',
  '$ ~> |objects|{"c": 1}, ["a"]|',
  'objects = $clone(objects)',
  '$append($append(numbers, numbers), $append(numbers, numbers))',
  '($f := function($x){$f($append($x, $x))}; $f([1, 2]))',
  '($f := function($x, $n){$n = 0 ? $x : $f({"a": $x}, $n - 1)}; $f(1, 100000))',
  '$string(deepObject) = $string(deepList)',
  'deepObject.**',
  'deepList',
  '$eval($pad("", 1e5, "("))',
  '$eval($pad("1", 1e6, "+1"))',
  '$eval("[" & $pad("1", 2e6, ",1") & "]")',
  '$eval("\'" & ascii & "\'")',
  '$eval("$" & ascii)',
  'ascii & ascii',
  'same < digits',
  'texts.$replace($, /\\d/, "x")',
  'numbers.$fromMillis($, "[D1o] [MNn] [YI]")',
  'numbers.$formatNumber($, "#,##0.00")',
  'numbers.$formatInteger($, "w")',
  '$error(ascii)',
  '$assert(false, ascii)',
  'ascii + 1',
  '{ascii: 1}',
  'objects^(objects)',
  '$formatBase(255, ascii)',
  '[objects, [objects, [objects]]].a',
  'objects.(a.%.%.ascii)',
  'objects@$o.objects@$p[$o.a = $p.a]',
  'objects@$o#$i.numbers#$j[$i = $j]',
  'deepObject.**.**',
  '$pad(same, -1e9, same)',
  '$split(wide, "😀")',
  '$split(same, /(?:)/)',
  '$string(numbers, true)',
  '$replace(same, /a/, function($m){$m.match & "x"})',
  '$toMillis($pad("", 1e6, "January "), $pad("", 1e6, "[MNn] "))',
  '$fromMillis(0, $pad("", 1e7, "[["))',
  '$formatNumber(1.5, "0." & $pad("", 1e5, "#"))',
  '$eval("/" & $pad("", 1e6, "(") & "/")',
  '$eval($pad("1", 2e5, "*(1"))',
  '$reduce(objects, function($a, $b){$merge([$a, $b])})',
  '($f := function($n){$n <= 0 ? 0 : $f($n - 1) + $f($n - 1)}; $f(60))',
];

/** What takes little time, very often: each takes a share of the clock that grows with what it works on. */
export const REPEATED: readonly string[] = [
  'numbers.$length($$.page)',
  'numbers.$substring($$.page, 10, 5)',
  'numbers.$uppercase($$.page)',
  'numbers.$encodeUrl($$.page)',
  'numbers.$decodeUrl($$.letters)',
  'numbers.$trim($$.page)',
  'numbers.$pad($$.page, 70000)',
  'numbers.$split($$.page, " ")',
  'numbers.$split($$.letters, "", 1)',
  'numbers.$join([$$.page, $$.page])',
  'numbers.$base64encode($$.letters)',
  'numbers.$base64decode($$.letters)',
  'numbers.$contains($$.letters, "b")',
  'numbers.$contains($$.letters, "b" & $substring($$.letters, 0, 60))',
  'numbers.$contains($$.letters, /b/)',
  'numbers.$contains($$.letters, /(a+)+b/)',
  'numbers.$match($$.letters, /(a|aa)+b/)',
  'numbers.$replace($$.letters, "b", "c")',
  'numbers.$number($$.letters)',
  'numbers.$string([$$.page])',
  'numbers.$eval($pad("1", 2000, "+1"))',
  'numbers.$toMillis($$.page)',
  'numbers.$fromMillis($, "[Y,99999-*]")',
  'numbers.$lookup($$.object, $$.ascii & "x")',
  'numbers.$substringBefore($$.ascii & "x", "a")',
  'numbers.{$$.ascii & "x": 1}',
  'numbers[$$.same = $$.twin]',
  'numbers[$$.same != $$.twin]',
  'numbers[$$.same < $$.twin]',
  'numbers[$$.same in [$$.twin]]',
  'numbers[[$$.same] = [$$.twin]]',
  'numbers[($$.ascii & "x") = ($$.ascii & "y")]',
  '$sort([1..1000].($$.ascii & $string($)))',
  '[1..1000].($$.ascii & $string($))^($)',
  '$distinct([1..1000].($$.ascii & $string($)))',
  '[1..1000].($$.ascii & $string($)){$: 1}',
  'numbers[$$.texts]',
  'numbers[$$.object]',
  'numbers[$$.page in $$.texts]',
  'numbers.($$.texts and true)',
  'numbers.$not($$.numbers)',
  '($l := [1..1000000]; numbers[$l])',
  '($l := $clone(numbers); numbers[$l = $$.numbers])',
  '($l := $clone(object); numbers[$l = $$.object])',
  '($l := [1..1000000]; $o := [1..1000].{"a": $l}; $o.a)',
  '($l := [1..1000000]; $o := [1..1000].{"a": $l}; $o.a[0])',
  '($l := [1..1000000]; $o := [1..1000].{"a": $l}; $lookup($o, "a"))',
  '($l := [1..1000000]; $o := [1..1000].{"a": $l}; $o.*)',
  '($l := [1..1000000]; $o := [1..1000].{"a": $l}; $o@$p.a)',
  '($l := [1..1000000]; [1..1000].{"a": $l})',
  '($l := [1..1000000]; [1..1000].[$l])',
  'numbers.{"a": $$.object}',
  'numbers.{"a": $$.page}',
  'numbers.$keys($$.object)',
  'numbers.$spread($$.object)',
  'numbers.$sift($$.object, function(){false})',
  'objects{$string(a): b}',
  '$merge(objects.{$string(a): b})',
  '($m := /x/; numbers.$m($$.numbers))',
  '[1..300].("[" & $join($$.texts) & "]")',
];
