// The `${env:X}` and `${secret:X}` references in manifests: their syntax, and filling them in when a flow starts.
import type { Json } from './graph.ts';

/** A reference inside a text. Offsets are within the text, `end` exclusive. */
export interface Hole {
  readonly kind: 'env' | 'secret';
  readonly name: string;
  /** The text after `:-`; only `env` may have one. */
  readonly fallback: string | undefined;
  readonly start: number;
  readonly end: number;
}

export interface HoleLookup {
  env(name: string): string | undefined;
  secret(name: string): string | undefined;
}

const HOLE =
  /(?<!\$)\$\{(?:(env):([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?|(secret):([A-Za-z_][A-Za-z0-9_.-]*))\}/g;
const ESCAPED = /\$(\$\{(?:env|secret|var):)/g;

/** Every well-formed reference of a text, in order. `$${env:X}` is no reference: it stands for the text `${env:X}`. */
export function findHoles(text: string): readonly Hole[] {
  if (!text.includes('${')) return [];
  return [...text.matchAll(HOLE)].map((match) => ({
    kind: match[1] === undefined ? 'secret' : 'env',
    name: (match[2] ?? match[5]) as string,
    fallback: match[3],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** A configuration with its references filled in. */
export interface ResolvedHoles<T> {
  readonly value: T;
  /** What could not be found, as `${env:X}` or `${secret:X}`, each once; in `value` it stands as it was. */
  readonly missing: readonly string[];
  /** The values of the secrets that were filled in, to be kept out of logs and dead letters. */
  readonly secrets: readonly string[];
}

/** Fills in the references on all string leaves. A looked-up value is taken as it is: references inside it are not followed. */
export function resolveHoles<T extends Json>(config: T, lookup: HoleLookup): ResolvedHoles<T> {
  const found: Findings = { missing: new Set(), secrets: new Set() };
  const value = resolveValue(config, lookup, found) as T;
  return { value, missing: [...found.missing], secrets: [...found.secrets] };
}

interface Findings {
  readonly missing: Set<string>;
  readonly secrets: Set<string>;
}

function resolveValue(value: Json, lookup: HoleLookup, found: Findings): Json {
  if (typeof value === 'string') return resolveText(value, lookup, found);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => resolveValue(item, lookup, found));
  const entries = Object.entries(value as { readonly [key: string]: Json });
  return Object.fromEntries(entries.map(([key, item]) => [key, resolveValue(item, lookup, found)]));
}

function resolveText(text: string, lookup: HoleLookup, found: Findings): string {
  let resolved = '';
  let at = 0;
  for (const hole of findHoles(text)) {
    const filled = fill(hole, lookup, found) ?? text.slice(hole.start, hole.end);
    resolved += withoutEscapes(text.slice(at, hole.start)) + filled;
    at = hole.end;
  }
  return resolved + withoutEscapes(text.slice(at));
}

function fill(hole: Hole, lookup: HoleLookup, found: Findings): string | undefined {
  const value = hole.kind === 'env' ? (lookup.env(hole.name) ?? hole.fallback) : lookup.secret(hole.name);
  if (value === undefined) found.missing.add(`\${${hole.kind}:${hole.name}}`);
  else if (hole.kind === 'secret') found.secrets.add(value);
  return value;
}

function withoutEscapes(text: string): string {
  return text.replace(ESCAPED, '$1');
}
