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

function note(title: string): CodeEntry {
  return { title, severity: 'info' };
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
  VRS1017: error('More mistakes follow than are described'),

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
  VRS2015: error('Not a cron expression'),
  VRS2016: error('Unknown time zone'),

  VRS3001: error('A target is the name of nothing in this flow'),
  VRS3002: error('The steps form a cycle'),
  VRS3003: error('A step is never reached'),
  VRS3004: error('A producer is never reached'),
  VRS3005: error('A name is used twice in a flow'),
  VRS3006: error('Two flows have the same name'),
  VRS3007: error('A target is a consumer'),
  VRS3008: error('Nothing is left to deliver to'),
  VRS3009: error('An object store is missing, or there are two'),
  VRS3010: warning('An environment variable is not set'),
  VRS3011: error('A ${…} reference is malformed'),
  VRS3012: error('A secret stands in the manifest'),
  VRS3013: error('A flow takes the place of one that is there'),
  VRS3020: warning('The sample of a consumer cannot be used'),

  VRS4001: error('An expression has a syntax error'),
  VRS4002: error('An expression calls an unknown function'),
  VRS4003: error('An expression uses an unknown variable'),
  VRS4004: error('A function gets the wrong number of arguments'),
  VRS4010: error('YAML took the expression for something else'),
  VRS4011: error('YAML took the end of the expression for a comment'),
  VRS4012: warning("YAML removed the expression's quotes"),
  VRS4020: warning('A path leads to a field that messages do not have'),
  VRS4021: note('An expression is not compiled'),

  VRS3101: error('A test is about a flow that is not there'),
  VRS3102: error('A test names nothing in its flow'),
  VRS3103: error('A test does not say where a message comes in'),
  VRS3104: error('Two tests have the same name'),
  VRS3105: error('A file of a test cannot be used'),

  VRS3401: error('A variable has no value'),
  VRS3402: error('A patch names nothing'),
  VRS3403: error('An environment is missing, or there are two'),

  VRS3301: error('A flow needs values that this engine does not have'),

  VRS4101: error('A template hole came to nothing'),
  VRS4102: error('A map came to nothing'),
  VRS4103: error('An expression failed on a message'),
  VRS4901: error('A line for vrsky eval is not a request'),

  VRS5001: error('A flow is too large to hand to workers'),
  VRS5002: error('A flow has too many stages'),
  VRS5003: error('The manifests belong to another tenant'),
  VRS5004: error('A message would become too many copies'),

  VRS6001: error('A stream would have to change what JetStream never changes'),
  VRS6002: error('Somebody else applied at the same time'),
  VRS6003: error('A flow would have to move to another stream'),
  VRS6004: error('Messages would be deleted'),
  VRS6005: error('Two owners want the same flow'),
  VRS6006: error('The plan is stale'),
  VRS6007: error('A plan would delete too much'),
  VRS6008: error("A stream is not VRSky's"),
  VRS6009: error('There is no revision to go back to'),
  VRS6010: error('A file is not a saved plan'),

  VRS7001: error('git is missing or too old'),
  VRS7002: error('git took too long'),
  VRS7003: error('An address is not taken'),
  VRS7004: error('A repository cannot be reached'),
  VRS7005: error('A ref is not there'),
  VRS7006: error('History was rewritten'),
  VRS7007: error('A file in the repository cannot be used'),
  VRS7008: error('A source is too large'),
  VRS7009: error('A folder is not in the repository'),
  VRS7010: error('A commit is not signed'),
  VRS7011: error('A signature is not trusted'),
  VRS7012: error('Trust settings cannot be used'),
  VRS7013: error('A source cannot be read'),
  VRS7014: error('A source needs values that are not here'),
  VRS7015: error('Two sources have the same name'),
  VRS7020: error('A revision does not compile'),
  VRS7021: error('A revision is quarantined'),
  VRS7022: error('The same drift came back three times'),
  VRS7023: error('Workers do not run a revision'),
  VRS7024: error('A plan is refused'),
  VRS7025: error('A webhook cannot be served'),
  VRS7026: warning('A notification was not delivered'),

  VRS8001: error('No NATS server to connect to'),
  VRS8002: error('The NATS server is too old'),
  VRS8003: error('A connector lacks what the flow uses it for'),
  VRS8004: error('The NATS server has no JetStream for this account'),
  VRS8005: error('The data folder is in use'),
  VRS8006: error('The embedded nats-server did not start'),
  VRS8007: error('No nats-server new enough'),
  VRS8008: error('A package brings a connector that cannot be used'),
  VRS8101: error('A stream is full'),
  VRS8102: error('JetStream did not confirm a message'),
  VRS8103: error('A message is larger than the server takes'),
  VRS8104: error('No stream holds the subject'),
  VRS8105: error('A header holds a line break'),
  VRS8106: error('Stopped while waiting for a lease'),
  VRS8107: error('JetStream refused an administrative call'),
  VRS8201: error('Content is not JSON'),
  VRS8202: error('Content is not in its encoding'),
  VRS8203: error('A value cannot be written in this format'),
  VRS8211: error('Content is not well-formed XML'),
  VRS8212: error('A value cannot be written as XML'),
  VRS8213: error('Content is not CSV of this dialect'),
  VRS8214: error('An XML document has a document type declaration'),
  VRS8215: error('An XML document goes beyond a limit'),
  VRS8221: error("A header is the platform's own"),
  VRS8222: error('A value for a header holds a line break'),
  VRS8223: error('A validate step has no usable schema'),
  VRS8224: error('The payload does not fit the schema'),
  VRS8225: error('A split would become too many messages'),
  VRS8226: error('The format of a payload is not known'),
  VRS8227: error('A message belongs to no group'),
  VRS8228: error('A payload cannot take an answer'),
  VRS8229: error('A lookup found nothing'),
  VRS8230: error('A lookup failed'),
  VRS8240: error('Compressed content cannot be read'),
  VRS8301: error('A producer failed and may succeed later'),
  VRS8302: error('A producer refused a message'),
  VRS8303: error('A producer could not be reached'),
  VRS8401: error('The flow has no such consumer'),
  VRS8402: error('There is no such dead letter'),
  VRS8403: error('A dead letter does not say where it came from'),
  VRS8404: error('No such flow is applied'),
  VRS8405: error('The stage of a dead letter is gone'),
  VRS8501: error('A payload is gone from its store'),
  VRS8502: error('A payload is not what was stored'),
  VRS8503: error('A payload store does not work'),
  VRS8504: error('A payload reference cannot be read'),
  VRS8505: error('A payload is too large to be held as a whole'),
  VRS8506: error('The client library of an object store is not installed'),
  VRS8507: error('There is no way to make a link to a payload'),

  VRS9001: error('Something failed that should not have'),
} as const satisfies Readonly<Record<string, CodeEntry>>;

export type Code = keyof typeof codes;

/** The entry of a code, undefined when there is no such code. */
export function codeEntry(code: string): CodeEntry | undefined {
  return (codes as Readonly<Record<string, CodeEntry>>)[code];
}
