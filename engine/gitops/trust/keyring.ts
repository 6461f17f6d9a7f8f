// Prepares a folder in which git checks signatures: its own GnuPG home, and ssh-keygen asked about today.
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import { spawnBounded } from './spawn-bounded.ts';
import type { TrustPolicy } from './trust-policy.ts';

/** What a policy's files hold now. */
export interface Trust {
  readonly allowedSigners: string;
  readonly openpgpKeys: string;
  readonly fingerprints: ReadonlySet<string>;
  /** Of everything that decides about trust: the same digest, the same answers (but for keys that expire). */
  readonly digest: string;
}

export interface Keyring {
  /** Options for git in front of verify-commit. */
  readonly gitOptions: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly fingerprints: ReadonlySet<string>;
}

/**
 * git asks whether a key was valid when the commit says that it was made, and whoever holds an expired key may say anything. Without
 * that option ssh-keygen answers for today.
 */
const todaysKeygen = `#!/bin/sh
n=$#
while [ "$n" -gt 0 ]; do
  case "$1" in -Overify-time=*) ;; *) set -- "$@" "$1" ;; esac
  shift
  n=$((n - 1))
done
exec ssh-keygen "$@"
`;

/** Throws VRS7012 when the policy names what cannot be used. */
export function readTrust(policy: TrustPolicy): Trust {
  const { of, allowedSigners, openpgp } = policy;
  const signers = allowedSigners === undefined ? '' : readSettings(allowedSigners, 'allowed signers');
  const keys = openpgp === undefined ? '' : readSettings(openpgp.keys, 'public keys');
  const fingerprints = fingerprintsOf(policy);
  const content = JSON.stringify([of, signers, keys, [...fingerprints]]);
  const digest = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return { allowedSigners: signers, openpgpKeys: keys, fingerprints, digest };
}

/** Throws VRS7012 when gpg does not take the keys. */
export async function prepareKeyring(trust: Trust, folder: string, signal: AbortSignal): Promise<Keyring> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const ownSigners = path.join(folder, 'allowed_signers');
  const keygen = path.join(folder, 'ssh-keygen-today');
  writeFileSync(ownSigners, trust.allowedSigners, 'latin1');
  writeFileSync(keygen, todaysKeygen);
  chmodSync(keygen, 0o700);
  const home = path.join(folder, 'gnupg');
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { mode: 0o700 });
  writeFileSync(path.join(home, 'gpg.conf'), 'no-autostart\nno-auto-key-locate\nno-auto-key-retrieve\n');
  if (trust.openpgpKeys !== '') await importKeys(home, trust.openpgpKeys, signal);
  return {
    gitOptions: [
      '-c',
      `gpg.ssh.allowedSignersFile=${ownSigners}`,
      '-c',
      `gpg.ssh.program=${keygen}`,
      '-c',
      'gpg.ssh.revocationFile=',
      '-c',
      'gpg.program=gpg',
      '-c',
      'gpg.x509.program=/bin/false',
    ],
    env: { GNUPGHOME: home },
    fingerprints: trust.fingerprints,
  };
}

function fingerprintsOf({ openpgp }: TrustPolicy): ReadonlySet<string> {
  const all = (openpgp?.fingerprints ?? []).map((text) => text.replaceAll(/\s/g, '').toUpperCase());
  const short = all.find((text) => !/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/.test(text));
  if (short === undefined) return new Set(all);
  throw unusable(
    `${short} is no fingerprint`,
    'Give all 40 digits: `gpg --fingerprint`; short ids can be forged.',
  );
}

function readSettings(file: string, what: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch (cause) {
    throw unusable(
      `the file with the ${what}, ${file}, cannot be read`,
      'Name a file that this process may read.',
      cause,
    );
  }
  if (/^\s*[^\s#]/m.test(text)) return text;
  throw unusable(
    `the file with the ${what}, ${file}, is empty`,
    'With nobody to trust nothing could ever be applied.',
  );
}

async function importKeys(home: string, keys: string, signal: AbortSignal): Promise<void> {
  const { exitCode, stderr } = await spawnBounded(
    'gpg',
    ['--batch', '--no-tty', '--homedir', home, '--import'],
    { input: Buffer.from(keys, 'latin1'), timeoutMs: 30_000, signal },
  );
  if (exitCode === 0) return;
  throw unusable(
    exitCode === undefined
      ? 'gpg is not installed here'
      : `gpg does not take the public keys: ${stderr.trim().slice(-200)}`,
    'OpenPGP signatures are checked by GnuPG (Debian: `apt-get install gpg`).',
  );
}

function unusable(message: string, help: string, cause?: unknown): VrskyError {
  return new VrskyError('VRS7012', message, { help, cause });
}
