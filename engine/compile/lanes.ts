// Which lane of a stage a message goes to, and under which subject.
import type { StageAddress } from './program.ts';

/** The subject of one lane. */
export function laneSubject(subject: string, lane: number): string {
  return `${subject}.${lane}`;
}

/** The lane of a key: the same on every worker and in every version. */
export function laneOf(key: string, lanes: number): number {
  let hash = 0x811c9dc5;
  // FNV-1a over UTF-16 units, finished by a mix: short keys differ in their last characters only.
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return ((hash ^ (hash >>> 16)) >>> 0) % lanes;
}

/** The subject that a message with this order key is stored under. Messages without a key share a lane. */
export function storeSubject({ subject, lanes }: StageAddress, orderKey: string | undefined): string {
  return lanes === undefined ? subject : laneSubject(subject, laneOf(orderKey ?? '', lanes));
}
