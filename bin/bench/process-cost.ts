// What a process and its children have used so far, from /proc (Linux).
import { readFileSync } from 'node:fs';

/** Kernel ticks a second, on every Linux that Node.js runs on. */
const ticks = 100;

/** User and system time. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticks;
}

export function memoryBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

/** The process and everything it started that still runs. */
export function family(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => family(Number(child))))];
}

export function familyCpuSeconds(pid: number): number {
  return family(pid).reduce((sum, member) => sum + cpuSeconds(member), 0);
}
