// The official release archive, held against a pinned SHA-256.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EnvHttpProxyAgent, fetch } from 'undici';
import { findFile, run, type Way, type WayParts } from './way.ts';

const version = '2.15.0';
const releases = 'https://github.com/nats-io/nats-server/releases/download';

/** From the release's SHA256SUMS. A platform that is not here uses the other ways. */
const checksums: Readonly<Record<string, string>> = {
  'linux-amd64': '5d2c51caca950333aba84911df7d377f826f3a59ec36061c6539105084f65c92',
  'linux-arm64': 'cdc208f5a3f42963a52b6ab06ef65626bb870315dc936e26ba571780c6351112',
};

const connectTimeoutMs = 5_000;
const stallTimeoutMs = 15_000;

export const fromRelease: Way = async (parts) => {
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const checksum = checksums[platform];
  if (checksum === undefined) throw new Error(`no checksum is pinned for ${platform}`);
  const base = parts.env.VRSKY_NATS_RELEASES ?? releases;
  const url = `${base}/v${version}/nats-server-v${version}-${platform}.tar.gz`;
  const archive = path.join(parts.scratch, 'release.tar.gz');
  const actual = await download(url, archive, parts);
  const wanted = parts.env.VRSKY_NATS_RELEASE_SHA256 ?? checksum;
  if (actual !== wanted) throw new Error(`${url} has SHA-256 ${actual}, not ${wanted}: not used`);
  await run('tar', ['-xzf', archive, '-C', parts.scratch], { env: parts.env, timeoutMs: 60_000 });
  return findFile(parts.scratch, 'nats-server');
};

/**
 * Answers the SHA-256 of what came. Goes through the proxy that the environment names; gives up when nothing comes for a while,
 * however long the whole takes.
 */
async function download(url: string, file: string, { env, onProgress }: WayParts): Promise<string> {
  const dispatcher = new EnvHttpProxyAgent(proxies(env));
  const abort = new AbortController();
  let timer = setTimeout(
    () => abort.abort(new Error(`no answer from ${new URL(url).host} within ${connectTimeoutMs / 1000} s`)),
    connectTimeoutMs,
  );
  try {
    const response = await fetch(url, { signal: abort.signal, dispatcher });
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`);
    const total = Number(response.headers.get('content-length'));
    const hash = createHash('sha256');
    let received = 0;
    let shown = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(new Error('the download stalled')), stallTimeoutMs);
        hash.update(chunk);
        received += chunk.byteLength;
        if (total > 0 && received / total >= shown + 0.1) {
          shown = Math.floor((received / total) * 10) / 10;
          onProgress(`nats-server: ${Math.round(shown * 100)} % of ${Math.round(total / 1e6)} MB`);
        }
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body as never), meter, createWriteStream(file), {
      signal: abort.signal,
    });
    if (total > 0 && received !== total) throw new Error(`${url} ended after ${received} of ${total} bytes`);
    return hash.digest('hex');
  } catch (error) {
    if (abort.signal.aborted) throw abort.signal.reason;
    const cause = (error as Error).cause;
    throw cause instanceof Error ? new Error(`${new URL(url).host}: ${cause.message}`) : error;
  } finally {
    clearTimeout(timer);
    await dispatcher.close();
  }
}

/** As other programs read them; the lower-case names win. */
function proxies(env: WayParts['env']): { httpProxy?: string; httpsProxy?: string; noProxy?: string } {
  const httpProxy = env.http_proxy ?? env.HTTP_PROXY;
  const httpsProxy = env.https_proxy ?? env.HTTPS_PROXY;
  const noProxy = env.no_proxy ?? env.NO_PROXY;
  return {
    ...(httpProxy === undefined ? {} : { httpProxy }),
    ...(httpsProxy === undefined ? {} : { httpsProxy }),
    ...(noProxy === undefined ? {} : { noProxy }),
  };
}
