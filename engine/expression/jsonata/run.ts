// The evaluation under way: its clock and what it may still use. Evaluations are synchronous, so there is one at a time.
import { type Bindings, DEFAULT_LIMITS, type EvaluationLimits } from '../types.ts';
import { fault } from './fault.ts';

/** Steps between two looks at the clock: some 50 µs of work. */
const STEPS_PER_LOOK = 1024;

let limits: EvaluationLimits = DEFAULT_LIMITS;
let ticks = STEPS_PER_LOOK;
let depth = 0;
let isActive = false;
/** Set at the first look, so that short evaluations never read the clock. */
let startedAt = 0;
let processorAtStart = 0;
/** What `$now` and `$millis` say all through one evaluation; 0 until asked. */
let timestamp = 0;
let root: unknown;
let bindings: Bindings | undefined;

/** Counts one unit of work; throws `D1012` when the time is over. */
export function tick(): void {
  ticks -= 1;
  if (ticks <= 0) look();
}

/** Counts work that a built-in does in one go, such as copying `units` items. */
export function charge(units: number): void {
  ticks -= units;
  if (ticks <= 0) look();
}

function look(): void {
  ticks = STEPS_PER_LOOK;
  // Filter rules search texts without an evaluation around them.
  if (!isActive) return;
  if (startedAt === 0) startClock(0);
  else if (spentMs() > limits.timeoutMs) throw fault('D1012', { value: limits.timeoutMs });
}

function startClock(msAgo: number): void {
  startedAt = performance.now() - msAgo;
  processorAtStart = processorMs() - msAgo;
}

/** Looks at the clock behind work of about `ms`: when it was not running yet, the work counts all the same. */
export function lookBack(ms: number): void {
  if (isActive && startedAt === 0) startClock(ms);
  look();
}

/**
 * The time that passed. A message is not to blame for a machine that was asleep or did something else: when its thread had the processor
 * for less than half of the time, that counts twice instead.
 */
function spentMs(): number {
  const passedMs = performance.now() - startedAt;
  if (passedMs < limits.timeoutMs / 2) return passedMs;
  return Math.min(passedMs, 2 * (processorMs() - processorAtStart));
}

function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Looks at the clock before work that cannot be stopped and takes about `ms`: refuses what would end too late. `why` is the message then. */
export function reserve(ms: number, why?: (limitMs: number) => string): void {
  look();
  if (!isActive || spentMs() + ms <= limits.timeoutMs) return;
  const message = why?.(limits.timeoutMs);
  throw fault('D1012', { value: limits.timeoutMs, ...(message === undefined ? {} : { message }) });
}

/** Milliseconds that are left, at least 1. */
export function remainingTime(): number {
  if (!isActive) return DEFAULT_LIMITS.timeoutMs;
  look();
  return Math.max(1, Math.ceil(limits.timeoutMs - spentMs()));
}

export function timeLimit(): number {
  return limits.timeoutMs;
}

/** Goes down to a call, over as many evaluations as it stands inside; `rise` must follow unless something is thrown. */
export function descend(evaluations: number): void {
  depth += evaluations;
}

export function rise(evaluations: number): void {
  depth -= evaluations;
}

/** Enters the body of a function. */
export function enter(): void {
  if (depth >= limits.depth) throw fault('D1011', { value: limits.depth });
  ticks -= 1;
  if (ticks <= 0) look();
}

/** Refuses a list longer than the limit. */
export function checkLength(length: number): void {
  if (length > limits.sequence) throw fault('D2015', { value: limits.sequence });
}

/** Refuses a text longer than the limit. */
export function checkText(length: number): void {
  if (length > limits.outputBytes) throw fault('D2016', { value: limits.outputBytes });
}

export function outputLimit(): number {
  return limits.outputBytes;
}

export function timestampOfRun(): number {
  if (timestamp === 0) timestamp = Date.now();
  return timestamp;
}

/** What `$$` means. */
export function rootOfRun(): unknown {
  return root;
}

export function bindingsOfRun(): Bindings | undefined {
  return bindings;
}

/** What an evaluation inside another must leave as it was. */
interface Outer {
  readonly limits: EvaluationLimits;
  readonly ticks: number;
  readonly depth: number;
  readonly startedAt: number;
  readonly processorAtStart: number;
  readonly timestamp: number;
  readonly root: unknown;
  readonly bindings: Bindings | undefined;
}

/** Begins an evaluation; `end` must follow. One inside another has limits, input and bindings of its own. */
export function begin(input: unknown, given: Bindings | undefined, its: EvaluationLimits): Outer | undefined {
  const outer = isActive
    ? { limits, ticks, depth, startedAt, processorAtStart, timestamp, root, bindings }
    : undefined;
  isActive = true;
  limits = its;
  ticks = STEPS_PER_LOOK;
  depth = 0;
  startedAt = 0;
  timestamp = 0;
  root = input;
  bindings = given;
  return outer;
}

export function end(outer: Outer | undefined): void {
  if (outer !== undefined) {
    ({ limits, ticks, depth, startedAt, processorAtStart, timestamp, root, bindings } = outer);
    return;
  }
  isActive = false;
  limits = DEFAULT_LIMITS;
  root = undefined;
  bindings = undefined;
}
