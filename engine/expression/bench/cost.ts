// What it costs to have an expression: time to compile, memory to keep.
import { compileExpression } from '../index.ts';
import { garbageCollector } from './garbage.ts';
import { measure } from './measure.ts';

/** Nanoseconds, parsing included. */
export function measureCompile(source: string): Promise<number> {
  return measure(() => compileExpression(source));
}

const COPIES = 200;

/** Bytes of heap that one compiled expression keeps. */
export function memoryPerExpression(source: string): number {
  const collect = garbageCollector();
  const kept: unknown[] = [];
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let copy = 0; copy < COPIES; copy += 1) kept.push(compileExpression(source).value);
  collect();
  const used = process.memoryUsage().heapUsed - before;
  return kept.length === COPIES ? used / COPIES : 0;
}
