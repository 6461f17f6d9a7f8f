// Every code there is, with its title and how severe it is unless a diagnostic says otherwise.
import type { Severity } from './diagnostic.ts';

/** What a code stands for. Each has a page `docs/errors/<code>.md`, and each page its entry here. */
export interface CodeEntry {
  readonly title: string;
  readonly severity: Severity;
}

function error(title: string): CodeEntry {
  return { title, severity: 'error' };
}

function warning(title: string): CodeEntry {
  return { title, severity: 'warning' };
}

/**
 * The registry. 1xxx YAML and files · 2xxx schema · 3xxx references · 4xxx expressions · 5xxx topology · 6xxx plan and apply ·
 * 7xxx git and trust · 8xxx connectors and runtime · 9xxx our own bugs. A code is never given a second meaning.
 */
export const codes = {
  VRS1001: error('The file is not valid YAML'),
  VRS1002: error('A key appears twice in one mapping'),
  VRS1003: error('The file is not valid UTF-8'),
  VRS1004: error('The file holds characters that YAML forbids'),
  VRS1005: error('The file is too large'),
  VRS1006: error('The document is nested too deeply'),
  VRS1007: error('Aliases expand to too much'),
  VRS1008: error('An alias refers to no anchor'),
  VRS1009: error('The file cannot be read'),
  VRS1010: error('No such file or directory'),
  VRS1011: error('Symbolic links form a loop'),
  VRS1012: error('There are no manifests'),
  VRS1013: error('A document is not a manifest'),
  VRS1014: error('A YAML tag is not supported'),
  VRS1015: error('A key is not a text'),
  VRS1016: error('A number cannot be kept exactly'),

  VRS2001: error('Unknown field'),
  VRS2002: error('A required field is missing'),
  VRS2003: error('A value has the wrong type'),
  VRS2004: error('A value is not one of the allowed ones'),
  VRS2005: error('Unknown kind'),
  VRS2006: error('Unknown apiVersion'),
  VRS2007: error('Unknown type'),
  VRS2008: error('A text does not have the required form'),
  VRS2009: error('A value is outside its bounds'),
  VRS2010: error('Not a duration'),
  VRS2011: error('Not a size'),
  VRS2012: error('Fields that exclude or need each other'),
  VRS2013: error('A list holds the same value twice'),
  VRS2014: error('Not a regular expression'),

  VRS3001: error('A target is the name of nothing in this flow'),
  VRS3002: error('The steps form a cycle'),
  VRS3003: error('A step is never reached'),
  VRS3004: error('A producer is never reached'),
  VRS3005: error('A name is used twice in a flow'),
  VRS3006: error('Two flows have the same name'),
  VRS3007: error('A target is a consumer'),
  VRS3008: error('Nothing is left to deliver to'),
  VRS3010: warning('An environment variable is not set'),
  VRS3011: error('A ${…} reference is malformed'),
  VRS3012: error('A secret stands in the manifest'),

  VRS4001: error('An expression has a syntax error'),
  VRS4002: error('An expression calls an unknown function'),
  VRS4003: error('An expression uses an unknown variable'),
  VRS4004: error('A function gets the wrong number of arguments'),
  VRS4010: error('YAML took the expression for something else'),
  VRS4011: error('YAML took the end of the expression for a comment'),
  VRS4012: warning("YAML removed the expression's quotes"),
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type Code = keyof typeof codes;

/** The entry of a code, undefined when there is no such code. */
export function codeEntry(code: string): CodeEntry | undefined {
  return (codes as Readonly<Record<string, CodeEntry>>)[code];
}
