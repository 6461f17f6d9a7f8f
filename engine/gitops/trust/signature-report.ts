// Reads what git says about a signature: trusted means exactly one good signature by somebody who is listed.
import type { Signer } from './trust-policy.ts';

export type SignatureReport =
  | { readonly kind: 'good'; readonly signer: Signer }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'bad'; readonly why: string };

/** `raw` is what `git verify-commit --raw` wrote; `fingerprints` are upper case without blanks. */
export function readReport(
  exitCode: number,
  raw: string,
  fingerprints: ReadonlySet<string>,
): SignatureReport {
  if (raw.includes('[GNUPG:] ')) return readOpenPgp(raw, fingerprints);
  const good = /^Good "git" signature for (.+) with (\S+) key (SHA256:\S+)$/m.exec(raw);
  if (good !== null) {
    if (exitCode !== 0) return { kind: 'bad', why: 'git does not accept it' };
    return { kind: 'good', signer: { kind: 'ssh', name: good[1] as string, key: good[3] as string } };
  }
  if (raw.trim() === '' || /no signature found/.test(raw)) return { kind: 'unsigned' };
  return { kind: 'bad', why: sshReason(raw) };
}

function sshReason(raw: string): string {
  const key = /SHA256:[A-Za-z0-9+/]+/.exec(raw)?.[0];
  const by = key === undefined ? '' : ` (${key})`;
  if (/expired|not yet valid|key is not (?:yet )?valid/i.test(raw)) return `its key is not valid today${by}`;
  if (/no principal matched|unable to find|not in allowed/i.test(raw))
    return `its key is not among the allowed signers${by}`;
  if (/incorrect signature|could not verify/i.test(raw)) return `it does not fit the commit${by}`;
  return raw.trim().split('\n').at(-1)?.slice(0, 200) ?? 'it cannot be read';
}

const exclusive = ['GOODSIG', 'EXPSIG', 'EXPKEYSIG', 'REVKEYSIG', 'BADSIG', 'ERRSIG'] as const;

const reasons: Readonly<Record<(typeof exclusive)[number], string>> = {
  GOODSIG: '',
  EXPSIG: 'the signature has expired',
  EXPKEYSIG: 'its key has expired',
  REVKEYSIG: 'its key was revoked',
  BADSIG: 'it does not fit the commit',
  ERRSIG: 'its key is not among the keys given',
};

/** GnuPG, doc/DETAILS: VALIDSIG ends in the fingerprint of the primary key, and comes for expired keys too. */
function readOpenPgp(raw: string, fingerprints: ReadonlySet<string>): SignatureReport {
  const lines = [...raw.matchAll(/^\[GNUPG:\] (\S+) ?(.*)$/gm)].map(([, word = '', rest = '']) => ({
    word,
    rest,
  }));
  const found = lines.filter(({ word }) => (exclusive as readonly string[]).includes(word));
  const [first] = found;
  if (found.length !== 1 || first === undefined)
    return { kind: 'bad', why: `it consists of ${found.length} signatures` };
  const word = first.word as (typeof exclusive)[number];
  if (word !== 'GOODSIG') return { kind: 'bad', why: `${reasons[word]} (${first.rest.split(' ')[0]})` };
  const valid = lines.filter((line) => line.word === 'VALIDSIG');
  const primary = valid[0]?.rest.trim().split(' ').at(-1)?.toUpperCase() ?? '';
  if (valid.length !== 1 || !fingerprints.has(primary))
    return { kind: 'bad', why: `its key ${primary || 'is unknown and'} is not among the fingerprints` };
  return {
    kind: 'good',
    signer: { kind: 'openpgp', name: first.rest.split(' ').slice(1).join(' '), key: primary },
  };
}
