// `go install` of the server's own module.
import path from 'node:path';
import { findFile, run, type Way } from './way.ts';

export const fromGo: Way = async ({ scratch, env, onProgress }) => {
  await run('go', ['version'], { timeoutMs: 10_000 });
  onProgress('nats-server: go install compiles it, about a minute');
  const goBin = path.join(scratch, 'bin');
  await run('go', ['install', 'github.com/nats-io/nats-server/v2@v2.15.1'], {
    env: { ...env, GOBIN: goBin, GOFLAGS: '-trimpath' },
    timeoutMs: 600_000,
  });
  return findFile(goBin, 'nats-server');
};
