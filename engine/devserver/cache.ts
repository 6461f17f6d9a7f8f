// Where fetched servers are kept: the user's cache folder of each platform.
import { homedir } from 'node:os';
import path from 'node:path';

export const cachedVersion = '2.15';

type Env = Readonly<Record<string, string | undefined>>;

export function cacheFolder(env: Env): string {
  if (env.XDG_CACHE_HOME !== undefined && env.XDG_CACHE_HOME !== '')
    return path.join(env.XDG_CACHE_HOME, 'vrsky');
  const home = env.HOME ?? homedir();
  if (process.platform === 'darwin') return path.join(home, 'Library', 'Caches', 'vrsky');
  if (process.platform === 'win32')
    return path.join(env.LOCALAPPDATA ?? path.join(home, 'AppData', 'Local'), 'vrsky', 'Cache');
  return path.join(home, '.cache', 'vrsky');
}

export function cachedServerPath(env: Env): string {
  const name = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
  return path.join(cacheFolder(env), `nats-server-${cachedVersion}`, name);
}
