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
const ESCAPED = /\$(\$\{(?:env|secret):)/g;

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

/**
 * Fills in the references on all string leaves. `missing` names what could not be found, as `env:X` or `secret:X`, each once; those
 * references stay as they are. A looked-up value is taken as it is: references inside it are not followed.
 */
export function resolveHoles<T extends Json>(
  config: T,
  lookup: HoleLookup,
): { readonly value: T; readonly missing: readonly string[] } {
  const missing = new Set<string>();
  const value = resolveValue(config, lookup, missing) as T;
  return { value, missing: [...missing] };
}

function resolveValue(value: Json, lookup: HoleLookup, missing: Set<string>): Json {
  if (typeof value === 'string') return resolveText(value, lookup, missing);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => resolveValue(item, lookup, missing));
  const entries = Object.entries(value as { readonly [key: string]: Json });
  return Object.fromEntries(entries.map(([key, item]) => [key, resolveValue(item, lookup, missing)]));
}

function resolveText(text: string, lookup: HoleLookup, missing: Set<string>): string {
  let resolved = '';
  let at = 0;
  for (const hole of findHoles(text)) {
    const found = hole.kind === 'env' ? lookup.env(hole.name) : lookup.secret(hole.name);
    if (found === undefined && hole.fallback === undefined) missing.add(`${hole.kind}:${hole.name}`);
    resolved +=
      unescape(text.slice(at, hole.start)) + (found ?? hole.fallback ?? text.slice(hole.start, hole.end));
    at = hole.end;
  }
  return resolved + unescape(text.slice(at));
}

function unescape(text: string): string {
  return text.replace(ESCAPED, '$1');
}
