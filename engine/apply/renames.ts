// Which flows changed their names between two revisions of an owner, so that going back takes along what they keep.
import type { Revision } from './deployment.ts';

/** New name → former name. */
export type Renames = Readonly<Record<string, string>>;

type Flows = Revision['flows'];

/** Of what manifests say about former names, which goes on saying it: what happened between these two. */
export function renamesBetween(before: Flows, after: Flows, said: Renames): Renames {
  const isNew = ([name, former]: readonly [string, string]) =>
    name in after && !(name in before) && former in before && !(former in after);
  return Object.fromEntries(Object.entries(said).filter(isNew));
}

/** The way back to a revision: its flows that have another name now → that name. `later` are the revisions since, oldest first. */
export function renamesBack(target: Revision, later: readonly Revision[]): Renames {
  const nameNow = (flow: string) =>
    later.reduce(
      (name, { renames = {} }) => Object.entries(renames).find(([, former]) => former === name)?.[0] ?? name,
      flow,
    );
  return Object.fromEntries(
    Object.keys(target.flows)
      .map((flow) => [flow, nameNow(flow)] as const)
      .filter(([flow, now]) => now !== flow),
  );
}
