// Decides whether a commit may be applied: head, tag or every commit since the last accepted one is signed by somebody trusted.
import { VrskyError } from '../../diagnostics/vrsky-error.ts';
import type { GitMirror, Tip } from '../git/mirror.ts';
import type { Keyring } from './keyring.ts';
import { readReport } from './signature-report.ts';
import type { Signer, TrustPolicy } from './trust-policy.ts';

const mostCommits = 1000;

/** Answers who signed, the newest first. Throws VRS7010 without a signature, VRS7011 with one that is not trusted. */
export async function verifySource(
  mirror: GitMirror,
  tip: Tip,
  since: string | undefined,
  policy: TrustPolicy,
  keyring: Keyring,
  signal: AbortSignal,
): Promise<readonly Signer[]> {
  switch (policy.of) {
    case 'tag':
      return [await verifyTag(mirror, tip, keyring, signal)];
    case 'head':
      return [await verifyObject(mirror, 'commit', tip.commit, keyring, signal)];
    case 'every': {
      const signers: Signer[] = [];
      for (const commit of await newCommits(mirror, tip, since, signal))
        signers.push(await verifyObject(mirror, 'commit', commit, keyring, signal));
      return signers;
    }
  }
}

/** The first time the newest commit vouches for what is below it. */
async function newCommits(mirror: GitMirror, tip: Tip, since: string | undefined, signal: AbortSignal) {
  if (since === undefined || since === tip.commit) return [tip.commit];
  const commits = await mirror.commitsBetween(since, tip.commit, mostCommits, signal);
  // A forced push to an older commit brings none.
  if (commits.length === 0) return [tip.commit];
  if (commits.length <= mostCommits) return commits;
  throw new VrskyError('VRS7008', `more than ${mostCommits} commits came at once`, {
    help: 'Push them in smaller portions, or check the newest commit only: `verify.of: head`.',
  });
}

async function verifyTag(
  mirror: GitMirror,
  { tag, commit }: Tip,
  keyring: Keyring,
  signal: AbortSignal,
): Promise<Signer> {
  if (tag === undefined)
    throw new VrskyError('VRS7010', `${commit.slice(0, 12)} is not reached by an annotated tag`, {
      help: 'Tag it with `git tag -s NAME` and let `ref` name the tag; lightweight tags hold no signature.',
    });
  const { stdout } = await mirror.run(['cat-file', 'tag', tag.id], signal);
  const name = /^tag (.+)$/m.exec(stdout.toString('utf8').split('\n\n')[0] ?? '')?.[1];
  // A signed tag under another name is somebody else's word about something else.
  if (name !== tag.name)
    throw new VrskyError('VRS7011', `the tag ${tag.name} holds a tag that is called ${name}`, {
      help: 'Make a tag of this name with `git tag -s`.',
    });
  return verifyObject(mirror, 'tag', tag.id, keyring, signal);
}

async function verifyObject(
  mirror: GitMirror,
  kind: 'commit' | 'tag',
  id: string,
  keyring: Keyring,
  signal: AbortSignal,
): Promise<Signer> {
  const args = [...keyring.gitOptions, `verify-${kind}`, '--raw', id];
  const { exitCode, stderr } = await mirror.run(args, signal, { env: keyring.env });
  const report = readReport(exitCode, stderr, keyring.fingerprints);
  const what = `${kind} ${id.slice(0, 12)}`;
  switch (report.kind) {
    case 'good':
      return report.signer;
    case 'unsigned':
      throw new VrskyError('VRS7010', `${what} is not signed`, {
        help: `Sign it: \`git ${kind} -S\`. What was applied before runs on.`,
      });
    case 'bad':
      throw new VrskyError('VRS7011', `${what} has a signature that is not trusted: ${report.why}`, {
        help: 'Sign with a key that is listed, or list the key where this source is configured.',
      });
  }
}
