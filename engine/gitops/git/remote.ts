// Where a git source comes from: which addresses are taken, and how git is told to reach them.
import path from 'node:path';
import { VrskyError } from '../../diagnostics/vrsky-error.ts';

export interface Remote {
  /** As git takes it. */
  readonly url: string;
  readonly protocol: 'file' | 'ssh' | 'http' | 'https';
}

/** How to say who we are. At most one of them. */
export interface GitAuth {
  /** A private key in a file; the host must be in `knownHosts` (the user's own file when absent). */
  readonly sshKey?: string;
  readonly knownHosts?: string;
  /** Sent as a password over HTTPS, with `username`. */
  readonly token?: string;
  readonly username?: string;
  /** A program that speaks git's credential protocol: an absolute path. */
  readonly helper?: string;
}

const scpLike = /^(?:[A-Za-z0-9._~-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*:(?![\\/]{2})[^:]/;

/**
 * Takes https, http, ssh, file and paths. Refuses everything else with VRS7003: `ext::` and other helpers run commands, `git://` is
 * open to anyone on the way, and a password in a URL ends up in logs.
 */
export function parseRemote(text: string): Remote {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (text === '' || text.startsWith('-') || /[\u0000-\u0020\u007f]/.test(text))
    throw badUrl(text, 'it is no URL');
  if (/^[a-z0-9+.-]+::/i.test(text)) throw badUrl(text, 'remote helpers run commands');
  if (/^(?:\.{0,2}\/|\.{1,2}$)/.test(text)) return { url: `file://${path.resolve(text)}`, protocol: 'file' };
  if (!text.includes('://')) {
    if (scpLike.test(text)) return { url: text, protocol: 'ssh' };
    throw badUrl(text, 'it is neither a URL nor a path');
  }
  return fromUrl(text);
}

function fromUrl(text: string): Remote {
  if (!URL.canParse(text)) throw badUrl(text, 'it is no URL');
  const url = new URL(text);
  const protocol = url.protocol.slice(0, -1);
  if (url.password !== '') throw badUrl(`${protocol}://…@${url.host}${url.pathname}`, 'it holds a password');
  if (url.hostname.startsWith('-') || url.username.startsWith('-'))
    throw badUrl(text, 'its host is an option');
  switch (protocol) {
    case 'https':
    case 'http':
      if (url.username !== '') throw badUrl(text, 'a user name belongs to the credentials');
      return { url: text, protocol };
    case 'ssh':
    case 'file':
      return { url: text, protocol };
    default:
      throw badUrl(text, `${protocol} is not among the ways to reach a repository`);
  }
}

function badUrl(url: string, why: string): VrskyError {
  return new VrskyError('VRS7003', `${url} cannot be a source: ${why}`, {
    help: 'Write https://…, ssh://… or user@host:path, file://… or a path; credentials beside it (`auth`, --ssh-key, VRSKY_GIT_TOKEN).',
  });
}

/** The variables by which git reaches this remote and no other kind. Secrets go by the environment, never by arguments. */
export function remoteEnvironment(remote: Remote, auth: GitAuth): Readonly<Record<string, string>> {
  const config: (readonly [string, string])[] = [[`protocol.${remote.protocol}.allow`, 'always']];
  const env: Record<string, string> = { GIT_ALLOW_PROTOCOL: remote.protocol };
  if (remote.protocol === 'ssh') Object.assign(env, sshEnvironment(auth));
  if (remote.protocol === 'http' || remote.protocol === 'https') {
    if (auth.token !== undefined) Object.assign(env, tokenEnvironment(remote, auth, config));
    else if (auth.helper !== undefined) config.push(['credential.helper', helperPath(auth.helper)]);
  }
  env.GIT_CONFIG_COUNT = String(config.length);
  for (const [index, [key, value]] of config.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return env;
}

function sshEnvironment({ sshKey, knownHosts }: GitAuth): Record<string, string> {
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=yes', 'ConnectTimeout=20', 'ForwardAgent=no'];
  if (knownHosts !== undefined) options.push(`UserKnownHostsFile=${path.resolve(knownHosts)}`);
  if (sshKey !== undefined) options.push('IdentitiesOnly=yes', 'IdentityAgent=none');
  const words = [
    'ssh',
    ...(sshKey === undefined ? [] : ['-F', '/dev/null', '-i', path.resolve(sshKey)]),
    ...options.flatMap((option) => ['-o', option]),
  ];
  return { GIT_SSH_COMMAND: words.map(shellQuoted).join(' '), GIT_SSH_VARIANT: 'ssh' };
}

/** Answered only when the server asks, and only to this server. */
function tokenEnvironment(
  remote: Remote,
  { token = '', username = 'git' }: GitAuth,
  config: (readonly [string, string])[],
): Record<string, string> {
  const { protocol, hostname, origin } = new URL(remote.url);
  if (protocol === 'http:' && !/^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname))
    throw badUrl(remote.url, 'a token would travel in the clear; use https');
  if (/[\r\n\0]/.test(token + username)) throw badUrl(remote.url, 'the token holds a line break');
  const answer =
    '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$VRSKY_GIT_USERNAME" "$VRSKY_GIT_PASSWORD"; }; f';
  config.push(['credential.helper', ''], [`credential.${origin}.helper`, answer]);
  return { VRSKY_GIT_USERNAME: username, VRSKY_GIT_PASSWORD: token };
}

function helperPath(helper: string): string {
  if (path.isAbsolute(helper) && !/[\s'"$`\\;&|<>]/.test(helper)) return helper;
  throw new VrskyError('VRS7003', `${helper} cannot be a credential helper`, {
    help: 'Give the absolute path of a program without spaces, e.g. /usr/local/bin/git-credential-vault.',
  });
}

function shellQuoted(word: string): string {
  return /^[A-Za-z0-9_./=:@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
