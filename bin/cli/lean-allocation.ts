// How the C library gives memory out to this process: it reads that from its environment when the process starts, and never again.

/**
 * Buffers come and go by the thousand while payloads pass. By itself glibc keeps an arena per thread and stops giving large blocks back once it
 * has seen a few, which held a fifth of a worker's memory (docs/performance.md).
 */
const lean = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

/**
 * Starts this process again, in its own place, with an environment that says so: the same pid, arguments, standard streams. Does nothing where
 * somebody has said something else, or where starting again would take something away: a debugger, a channel to the parent.
 */
export function allocateLean(): void {
  const { env, execArgv, execPath, argv } = process;
  if (process.platform !== 'linux' || Object.keys(lean).some((name) => name in env)) return;
  if (process.connected || [...execArgv, env.NODE_OPTIONS].some((option) => option?.includes('--inspect')))
    return;
  try {
    process.execve?.(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...env, ...lean });
  } catch {
    // Not allowed to: it takes more memory, and works.
  }
}
