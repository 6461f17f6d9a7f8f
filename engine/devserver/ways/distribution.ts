// Debian unstable's package: its lists and the .deb in a scratch folder, unpacked, nothing installed; works without root.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findFile, run, type Way } from './way.ts';

export const fromDistribution: Way = async ({ scratch, env, onProgress }) => {
  if (process.platform !== 'linux') throw new Error('only Linux distributions with apt are known');
  const mirror = await debianMirror();
  const options = await aptOptions(scratch, mirror);
  const apt = (what: string, ...verb: readonly string[]) =>
    run('apt-get', [...options, ...verb], {
      cwd: scratch,
      env,
      timeoutMs: 300_000,
      onOutput: percentages((percent) => onProgress(`nats-server: ${what}, ${percent} %`)),
    });
  onProgress('nats-server: reading the package list of Debian unstable');
  await apt('package list', 'update');
  onProgress('nats-server: downloading the package');
  await apt('package', 'download', 'nats-server');
  const deb = (await readdir(scratch)).find((name) => name.endsWith('.deb'));
  if (deb === undefined) throw new Error('apt-get downloaded no package');
  await run('dpkg-deb', ['-x', path.join(scratch, deb), path.join(scratch, 'unpacked')], {
    env,
    timeoutMs: 60_000,
  });
  return findFile(path.join(scratch, 'unpacked'), 'nats-server');
};

/** Reads apt's status lines (`dlstatus:<number>:<percent>:<words>`); tells of every fifth. */
function percentages(tell: (percent: number) => void): (text: string) => void {
  let told = 0;
  return (text) => {
    for (const [, digits] of text.matchAll(/^dlstatus:\d+:([\d.]+):/gm)) {
      const percent = Math.floor(Number(digits) / 20) * 20;
      if (percent > told) tell(percent);
      told = Math.max(told, percent);
    }
  };
}

/** Everything that apt writes goes into the scratch folder; the system's own lists and cache stay as they are. */
async function aptOptions(scratch: string, mirror: string): Promise<readonly string[]> {
  const sources = path.join(scratch, 'sources.list');
  await writeFile(
    sources,
    `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${mirror} unstable main\n`,
  );
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    await mkdir(path.join(scratch, folder), { recursive: true });
  await writeFile(path.join(scratch, 'status'), '');
  const settings = {
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': '-',
    'Dir::State::Lists': path.join(scratch, 'lists'),
    'Dir::State::Status': path.join(scratch, 'status'),
    'Dir::Cache': path.join(scratch, 'cache'),
    'APT::Sandbox::User': '',
    'APT::Status-Fd': '1',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '15',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** The mirror that the machine's own apt configuration names. */
async function debianMirror(): Promise<string> {
  const folder = '/etc/apt/sources.list.d';
  const parts = await readdir(folder).catch(() => []);
  const files = ['/etc/apt/sources.list', ...parts.map((name) => path.join(folder, name))];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const mirror = /^\s*(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(\S+\/debian)\/?(?:\s|$)/m.exec(text)?.[1];
    if (mirror !== undefined) return mirror;
  }
  throw new Error('the apt configuration names no Debian mirror');
}
