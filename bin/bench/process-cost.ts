// What a process and its children have used so far, from /proc (Linux).
import { readdirSync, readFileSync } from 'node:fs';

/** User and system time of the threads that it has; the scheduler counts nanoseconds, where a process as a whole is told hundredths of a second. */
export function cpuSeconds(pid: number): number {
  const threads = `/proc/${pid}/task`;
  return readdirSync(threads).reduce((sum, thread) => {
    const [nanoseconds = ''] = readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ', 1);
    return sum + Number(nanoseconds) / 1e9;
  }, 0);
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
