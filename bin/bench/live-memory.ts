// What a process of Node.js still holds once all garbage is collected, asked over its inspector.
import type { EngineProcess } from '../torture/engine-process.ts';

/** Bytes that live: V8's heap after a full collection, and what lies outside of it (buffers). The inspector is closed again. */
export async function liveBytes(engine: EngineProcess): Promise<number> {
  const listening = engine.says(/Debugger listening on ws:/);
  engine.signal('SIGUSR1');
  await listening;
  const url = engine.log.match(/ws:\/\/\S+/g)?.at(-1) as string;
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`no inspector answers at ${url}`));
  });
  let count = 0;
  const ask = (
    method: string,
    params: object = {},
  ): Promise<{ readonly result?: { readonly value: unknown } }> => {
    const id = ++count;
    return new Promise((resolve, reject) => {
      socket.addEventListener('message', ({ data }) => {
        const answer = JSON.parse(String(data));
        if (answer.id === id) resolve(answer.result);
      });
      socket.addEventListener('close', () => reject(new Error('the inspector went away')));
      socket.send(JSON.stringify({ id, method, params }));
    });
  };
  // Twice: what the first one finalizes is free after the second.
  await ask('HeapProfiler.collectGarbage');
  await ask('HeapProfiler.collectGarbage');
  const { result } = await ask('Runtime.evaluate', {
    expression: '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())',
  });
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
  void ask('Runtime.evaluate', {
    expression: "process.getBuiltinModule('node:inspector').close()",
  }).catch(() => undefined);
  await closed;
  return Number(result?.value);
}
