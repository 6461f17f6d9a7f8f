// `go install` of the server's own module.
import path from 'node:path';
import { findFile, run, type Way } from './way.ts';

export const fromGo: Way = async ({ scratch, env, onProgress }) => {
  await run('go', ['version'], { env, timeoutMs: 60_000 });
  onProgress('nats-server: go install compiles it, a minute or more');
  const goBin = path.join(scratch, 'bin');
  const began = Date.now();
  const patience = setInterval(
    () => onProgress(`nats-server: still compiling, ${Math.round((Date.now() - began) / 1000)} s`),
    10_000,
  );
  try {
    await run('go', ['install', 'github.com/nats-io/nats-server/v2@v2.15.1'], {
      env: { ...env, GOBIN: goBin, GOFLAGS: '-trimpath' },
      timeoutMs: 1_200_000,
    });
  } finally {
    clearInterval(patience);
  }
  return findFile(goBin, 'nats-server');
};
