// YAML nodes to our own tree: resolves aliases and merge keys, finds duplicate keys and values that JSON cannot hold.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type ParsedNode,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { DiagnosticDetails } from '../diagnostics/diagnose.ts';
import { diagnose } from '../diagnostics/diagnose.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Code } from '../diagnostics/registry.ts';
import type { TextPositions } from '../diagnostics/text-positions.ts';
import type { ManifestNode, MapEntry, MapNode, ScalarNode, ScalarStyle, Span } from './node.ts';

const STYLES: Readonly<Record<string, ScalarStyle>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
};

/** Nobody reads more of one document, and hostile input can make millions. */
const MAX_DIAGNOSTICS = 200;

/** Where the document stands and how much of it there may be. */
export interface BuildContext {
  readonly file: string;
  readonly positions: TextPositions;
  readonly maxNodes: number;
}

/** The tree of one document, undefined when the document is empty or its aliases are hopeless. */
export function buildNode(
  document: Document.Parsed<ParsedNode>,
  context: BuildContext,
): { readonly node: ManifestNode | undefined; readonly diagnostics: readonly Diagnostic[] } {
  const builder = new NodeBuilder(context);
  for (const warning of document.warnings) {
    const tag = warning.message.replace(/^Unresolved tag: (tag:yaml\.org,2002:)?/, '!!');
    builder.report(
      'VRS1014',
      { start: warning.pos[0], end: warning.pos[1] },
      `The tag \`${tag}\` is not supported`,
      {
        help: 'Leave the tag out; a text that looks like a number or a truth value goes in quotes.',
      },
    );
  }
  const node = document.contents === null ? undefined : builder.build(document.contents);
  return { node: builder.hopeless ? undefined : node, diagnostics: builder.diagnostics };
}

class NodeBuilder {
  readonly diagnostics: Diagnostic[] = [];
  hopeless = false;
  readonly #context: BuildContext;
  /** `undefined` while the anchored node is being built. */
  readonly #anchors = new Map<string, ManifestNode | undefined>();
  /** Values under a node once every alias is followed. */
  readonly #weights = new Map<ManifestNode, number>();

  constructor(context: BuildContext) {
    this.#context = context;
  }

  report(code: Code, span: Span, message: string, details: DiagnosticDetails = {}): void {
    const { file, positions } = this.#context;
    if (this.diagnostics.length >= MAX_DIAGNOSTICS) return;
    this.diagnostics.push(diagnose(code, file, positions.range(span.start, span.end), message, details));
  }

  build(node: unknown): ManifestNode {
    if (isAlias(node)) return this.#alias(node.source, spanOf(node));
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const built = isMap(node)
      ? this.#map(node)
      : isSeq(node)
        ? this.#list(node)
        : this.#scalar(node as Scalar | null);
    if (anchor !== undefined) this.#anchors.set(anchor, built);
    this.#weigh(built);
    return built;
  }

  #alias(name: string, span: Span): ManifestNode {
    const target = this.#anchors.get(name);
    if (target !== undefined) return target;
    if (this.#anchors.has(name)) {
      this.hopeless = true;
      this.report('VRS1007', span, `\`*${name}\` refers to a value that contains it`);
    } else {
      const help = `Define it before with \`&${name}\`. If the value is an expression, write it as a block scalar (\`|\`).`;
      this.report('VRS1008', span, `\`*${name}\` refers to an anchor \`&${name}\` that is nowhere above`, {
        help,
      });
    }
    // A text, so that nothing is said about its type on top.
    return { kind: 'scalar', span, value: `*${name}`, style: 'plain' };
  }

  #weigh(node: ManifestNode): void {
    const children =
      node.kind === 'map'
        ? [...node.entries.values()].map((entry) => entry.value)
        : node.kind === 'list'
          ? node.items
          : [];
    const weight = children.reduce((sum, child) => sum + (this.#weights.get(child) ?? 1), 1);
    this.#weights.set(node, weight);
    if (weight <= this.#context.maxNodes || this.hopeless) return;
    this.hopeless = true;
    const message = `The document holds more than ${this.#context.maxNodes} values once its aliases are followed`;
    this.report('VRS1007', { start: node.span.start, end: node.span.start + 1 }, message, {
      help: 'Split it into several manifests.',
    });
  }

  #list(list: YAMLSeq): ManifestNode {
    const items = list.items.map((item) => this.build(item));
    return { kind: 'list', span: spanOf(list), flow: list.flow === true, items };
  }

  #map(map: YAMLMap): MapNode | ScalarNode {
    const span = spanOf(map);
    const written = this.#context.positions.text.slice(span.start, span.end);
    if (map.flow === true && /^\{\{.*\}\}$/s.test(written)) return this.#template(written, span);
    const entries = new Map<string, MapEntry>();
    const merged: MapEntry[] = [];
    for (const pair of map.items as readonly Pair[]) {
      const keySpan = spanOf(pair.key);
      if (isMergeKey(pair.key)) {
        merged.push(...this.#mergeSources(this.build(pair.value), keySpan));
        continue;
      }
      const key = this.#key(pair.key, keySpan);
      const value = this.build(pair.value ?? emptyAfter(keySpan));
      if (key === undefined) continue;
      const first = entries.get(key);
      if (first === undefined) entries.set(key, { key, keySpan, value });
      else this.#duplicate(key, keySpan, first.keySpan);
    }
    for (const entry of merged) if (!entries.has(entry.key)) entries.set(entry.key, entry);
    return { kind: 'map', span, flow: map.flow === true, entries };
  }

  /** `{{ x }}` without quotes is a mapping whose key is a mapping: nobody ever means that. */
  #template(written: string, span: Span): ScalarNode {
    const { positions } = this.#context;
    const text = JSON.stringify(written);
    this.report('VRS4010', span, 'YAML takes `{{ … }}` for mappings unless it stands in quotes', {
      help: `Write ${text}.`,
      fix: { title: 'Put it in quotes', range: positions.range(span.start, span.end), text },
    });
    return { kind: 'scalar', span, value: written, style: 'plain' };
  }

  #mergeSources(source: ManifestNode, span: Span): readonly MapEntry[] {
    const maps = source.kind === 'list' ? source.items : [source];
    const entries = maps.flatMap((map) => (map.kind === 'map' ? [...map.entries.values()] : []));
    if (maps.some((map) => map.kind !== 'map')) {
      this.report('VRS2003', span, '`<<` merges mappings, and this is none', {
        help: 'Write `<<: *anchor`.',
      });
    }
    return entries;
  }

  #key(key: unknown, span: Span): string | undefined {
    if (isAlias(key)) {
      const target = this.#alias(key.source, span);
      if (target.kind === 'scalar' && target.value !== null) return String(target.value);
    } else if (isScalar(key) && key.value !== null) {
      return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
    }
    const help = 'A key is a text, e.g. `name:`. A text that begins with `{`, `[` or `?` goes in quotes.';
    this.report('VRS1015', span, 'A key must be a text', { help });
    return undefined;
  }

  #duplicate(key: string, span: Span, first: Span): void {
    const { file, positions } = this.#context;
    const range = positions.range(first.start, first.end);
    this.report('VRS1002', span, `The key \`${key}\` appears twice in this mapping`, {
      help: 'Remove one: YAML would silently keep one of the two.',
      related: [{ file, range, message: 'the first one' }],
    });
  }

  #scalar(scalar: Scalar | null): ScalarNode {
    const span = spanOf(scalar);
    const style = STYLES[scalar?.type ?? 'PLAIN'] ?? 'plain';
    const value = scalar?.value ?? null;
    if (typeof value === 'number') this.#checkNumber(value, scalar?.source ?? '', span);
    const kept =
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
    return { kind: 'scalar', span, value: kept, style };
  }

  #checkNumber(value: number, source: string, span: Span): void {
    const whole = /^[-+]?\d+$/.test(source);
    if (Number.isFinite(value) && (!whole || Number.isSafeInteger(value))) return;
    const message = Number.isFinite(value)
      ? `The number ${source} has more digits than can be kept`
      : `${source} is not a number that JSON knows`;
    this.report('VRS1016', span, message, { help: `Write it as a text: "${source}".` });
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === 'PLAIN' && (key.value === '<<' || typeof key.value === 'symbol');
}

function emptyAfter(key: Span): unknown {
  return { range: [key.end, key.end, key.end], value: null, type: 'PLAIN' };
}

function spanOf(node: unknown): Span {
  const range = (node as { range?: readonly number[] | null } | null)?.range;
  return range ? { start: range[0] as number, end: range[1] as number } : { start: 0, end: 0 };
}
