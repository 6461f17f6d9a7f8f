// What a connector may leave open: sockets, servers, watchers, timers that keep the process alive.
import { eventually } from './patience.ts';

/** Kinds that come and go by themselves while tests run. */
const passing: ReadonlySet<string> = new Set([
  'Immediate',
  'TickObject',
  'Timeout',
  'FSReqPromise',
  'FSReqCallback',
  'TTYWrap',
  'PipeWrap',
  'CloseReq',
  'GetAddrInfoReqWrap',
]);

function open(): readonly string[] {
  return process.getActiveResourcesInfo().filter((kind) => !passing.has(kind));
}

/** Call before; the answer, called after, waits until nothing is open that was not open before. */
export function watchResources(): () => Promise<void> {
  const before = open().length;
  return async () => {
    try {
      await eventually('everything is closed', () => open().length <= before);
    } catch {
      throw new Error(`left open: ${open().join(', ')}`);
    }
  };
}
