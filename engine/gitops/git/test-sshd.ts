// A repository behind a real sshd, for tests: keys of its own, on the loopback interface.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { testPort } from '../../devserver/test-port.ts';
import type { TestRepository } from './test-repository.ts';

const sshd = '/usr/sbin/sshd';

/** Why it cannot be tested here. */
export function withoutSshd(): string | false {
  if (process.platform === 'win32') return 'there is no sshd to test against';
  if (!existsSync(sshd)) return 'sshd is not installed here (Debian: openssh-server)';
  return mayLogIn() ? false : 'whoever runs this may not log in here';
}

function mayLogIn(): boolean {
  try {
    return !/(?:nologin|false)$/.test(userInfo().shell ?? '');
  } catch {
    // In a container nobody may have this number.
    return false;
  }
}

export interface SshRemote {
  readonly url: string;
  /** The key that is let in, and the file that knows the server. Beside it lies `other_key`, which is not let in. */
  readonly auth: { readonly sshKey: string; readonly knownHosts: string };
}

export async function startSshd(t: TestContext, repository: TestRepository): Promise<SshRemote> {
  const at = (name: string) => path.join(repository.folder, name);
  for (const name of ['host_key', 'client_key', 'other_key'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
  writeFileSync(at('authorized_keys'), readFileSync(at('client_key.pub')), { mode: 0o600 });
  const port = await testPort();
  writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${readFileSync(at('host_key.pub'), 'utf8')}`);
  writeFileSync(
    at('sshd_config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${at('host_key')}`,
      `AuthorizedKeysFile ${at('authorized_keys')}`,
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'PermitRootLogin prohibit-password',
      'StrictModes no',
      'UsePAM no',
      `PidFile ${at('sshd.pid')}`,
    ].join('\n'),
  );
  // As root it insists on this folder.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn(sshd, ['-D', '-e', '-f', at('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  t.after(() => child.kill('SIGTERM'));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (/listening on/i.test(said)) resolve();
    });
    child.once('exit', () => reject(new Error(`sshd ended: ${said}`)));
  });
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}${repository.bare}`,
    auth: { sshKey: at('client_key'), knownHosts: at('known_hosts') },
  };
}
