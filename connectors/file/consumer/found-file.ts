// A file as it was found, and how to tell whether it is still the same.
import { hash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';

export interface FoundFile {
  /** Relative to the directory, with `/` between names. */
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
  /** Changes whenever the content does or another file takes the name. */
  readonly version: string;
  /** Changes whenever anything does, permissions and moves included. */
  readonly identity: string;
  /** Changes with the content, as far as name, size and modification time tell; lasts through a backup. */
  readonly fingerprint: string;
}

/** 66 bits: in one of 90 billion directories with 40,000 files two would share one. */
export const fingerprintLength = 11;

export function foundFile(name: string, stats: BigIntStats): FoundFile {
  const { size, mtimeNs, ctimeNs } = stats;
  const version = versionOf(stats);
  return {
    name,
    size: Number(size),
    modifiedMs: Number(stats.mtimeMs),
    version,
    identity: `${version}-${ctimeNs}`,
    fingerprint: digest(`${name}\0${size}\0${mtimeNs}`).slice(0, fingerprintLength),
  };
}

export function versionOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino}-${size}-${mtimeNs}`;
}

/** The same for a file offered again after a crash, another for any other file, even of the same name, size and time. */
export function deliveryId({ name, identity }: FoundFile): string {
  return digest(`${name}\0${identity}`).slice(0, 22);
}

function digest(text: string): string {
  return hash('sha256', text, 'base64url');
}
