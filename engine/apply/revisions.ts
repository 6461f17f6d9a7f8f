// The history of an owner: which flows it had, and their contents, so that any of the last states can be gone back to.
import { isSameJson } from '../compile/canonical-json.ts';
import type { CompiledFlow } from '../compile/program.ts';
import { buckets } from '../compile/topology.ts';
import type { ApplySession } from './apply-session.ts';
import type { ApplyOptions, Health, Revision } from './deployment.ts';
import { inParallel } from './in-parallel.ts';
import type { ApplyBucket } from './ports.ts';
import { renamesBetween } from './renames.ts';

const keptRevisions = 20;
const width = 64;

const revisionPrefix = (owner: string) => `revision.${owner}.`;
const revisionKey = (owner: string, number: number) => `${revisionPrefix(owner)}${number}`;
const contentKey = (flow: string, digest: string) => `content.${flow}.${digest}`;

export interface RevisionFacts {
  readonly flows: readonly CompiledFlow[];
  readonly health: Health;
  /** It is not known yet whether it stays so: {@link judgeRevision} will say. */
  readonly isProving: boolean;
}

/** Writes down what the owner has now, when it differs from the newest revision; and whether it turned out healthy. Answers its number. */
export async function recordRevision(
  { flows, health, isProving }: RevisionFacts,
  session: ApplySession,
  { by, message = '' }: ApplyOptions,
): Promise<number> {
  session.check();
  const history = await session.bucket(buckets.history);
  const { owner, revision, renames: said } = session.desired;
  const digests = Object.fromEntries(flows.map(({ name, digest }) => [name, digest]));
  const verdict = isProving ? { healthy: false, proving: true as const } : { healthy: isHealthy(health) };
  const numbers = await revisionNumbers(history, owner);
  const newest = await readRevision(history, owner, numbers[0]);
  if (newest !== undefined && isSameJson(newest.flows, digests)) {
    // One that was never judged (whoever watched it was killed) is as healthy as it is found now.
    const isOpen = newest.proving === true || session.changes.length > 0;
    const judged = { ...withoutVerdict(newest), ...verdict };
    if (isOpen && !isSameJson(judged, newest)) await history.put(revisionKey(owner, newest.number), judged);
    return newest.number;
  }
  const unknown = flows.filter(({ name }) => newest?.flows[name] !== digests[name]);
  await inParallel(unknown, width, async (flow) => {
    await history.put(contentKey(flow.name, digests[flow.name] as string), flow);
  });
  const number = (numbers[0] ?? 0) + 1;
  const at = new Date().toISOString();
  const renames = renamesBetween(newest?.flows ?? {}, digests, said);
  const entry: Revision = {
    owner,
    number,
    revision,
    at,
    by: by ?? owner,
    message,
    flows: digests,
    ...(Object.keys(renames).length === 0 ? {} : { renames }),
    ...verdict,
  };
  await history.put(revisionKey(owner, number), entry, 0);
  await forgetOld(history, owner, [number, ...numbers]);
  return number;
}

/** Says how a revision turned out that had to prove itself; nothing when it is forgotten or somebody else has said so meanwhile. */
export async function judgeRevision(number: number, health: Health, session: ApplySession): Promise<void> {
  const history = await session.bucket(buckets.history);
  const key = revisionKey(session.desired.owner, number);
  const entry = await history.get(key);
  if (entry === undefined) return;
  const judged = { ...withoutVerdict(entry.value as Revision), healthy: isHealthy(health) };
  await history.put(key, judged, entry.revision);
}

function withoutVerdict({
  healthy: _healthy,
  proving: _proving,
  ...rest
}: Revision): Omit<Revision, 'healthy' | 'proving'> {
  return rest;
}

export function isHealthy({ stalled, failing, behind }: Health): boolean {
  return stalled.length + failing.length + behind.length === 0;
}

export async function readRevision(
  history: ApplyBucket,
  owner: string,
  number: number | undefined,
): Promise<Revision | undefined> {
  if (number === undefined) return undefined;
  return (await history.get(revisionKey(owner, number)))?.value as Revision | undefined;
}

/** Newest first. */
export async function revisionNumbers(history: ApplyBucket, owner: string): Promise<readonly number[]> {
  const prefix = revisionPrefix(owner);
  return (await history.keys(prefix)).map((key) => Number(key.slice(prefix.length))).sort((a, b) => b - a);
}

/** Of every owner, newest first. */
export async function readRevisions(history: ApplyBucket): Promise<readonly Revision[]> {
  const keys = await history.keys('revision.');
  const entries = await Promise.all(keys.map(async (key) => (await history.get(key))?.value));
  return (entries.filter((entry) => entry !== undefined) as Revision[]).sort((a, b) =>
    a.at === b.at ? b.number - a.number : a.at < b.at ? 1 : -1,
  );
}

/** The flows of a revision; undefined when some of their contents are gone. */
export async function readContents(
  history: ApplyBucket,
  { flows }: Revision,
): Promise<readonly CompiledFlow[] | undefined> {
  const contents = await Promise.all(
    Object.entries(flows).map(async ([flow, digest]) => (await history.get(contentKey(flow, digest)))?.value),
  );
  return contents.includes(undefined) ? undefined : (contents as readonly CompiledFlow[]);
}

/** Contents are shared by revisions: one goes when no revision has it any more. */
async function forgetOld(history: ApplyBucket, owner: string, numbers: readonly number[]): Promise<void> {
  const old = numbers.slice(keptRevisions);
  if (old.length === 0) return;
  for (const number of old) await history.delete(revisionKey(owner, number));
  const used = new Set(
    (await readRevisions(history)).flatMap(({ flows }) =>
      Object.entries(flows).map(([flow, digest]) => contentKey(flow, digest)),
    ),
  );
  for (const key of await history.keys('content.')) if (!used.has(key)) await history.delete(key);
}
