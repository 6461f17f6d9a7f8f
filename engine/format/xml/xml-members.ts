// What both forms of XML as a value share: local names, and attributes as members.
import { setMember } from '../own-member.ts';
import type { Attributes } from './xml-handler.ts';

/** The name without its prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1) || name;
}

/** Undefined when there are none. `strip` leaves out xmlns and takes off prefixes, unless two attributes would become one. */
export function attributeMembers(
  attributes: Attributes,
  prefix: string,
  strip: boolean,
): Record<string, unknown> | undefined {
  let members: Record<string, unknown> | undefined;
  for (let index = 0; index < attributes.length; index += 2) {
    const name = attributes[index] as string;
    if (strip && (name === 'xmlns' || name.startsWith('xmlns:'))) continue;
    members ??= {};
    const short = strip ? localName(name) : name;
    const isTaken = strip && Object.hasOwn(members, prefix + short);
    setMember(members, prefix + (isTaken ? name : short), attributes[index + 1]);
  }
  return members;
}
