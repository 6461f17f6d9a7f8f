// How values are written: `{ a: 1 }` with space inside, `[a, b]` without, numbers as they were, and only those texts folded that the author folded.
import { type CollectionTag, type Schema, YAMLMap, type YAMLSeq } from 'yaml';

type Tag = Schema['tags'][number];

/** Tags for one schema; those of the library stay as they are. */
export function layoutTags(tags: readonly Tag[]): Tag[] {
  return tags.map((tag) => {
    if ('collection' in tag && tag.collection !== undefined) return padded(tag as CollectionTag);
    if (tag.tag === 'tag:yaml.org,2002:str') return unfolded(tag);
    return /:(?:int|float)$/.test(tag.tag) ? asWritten(tag) : tag;
  });
}

function padded(tag: CollectionTag): Tag {
  return {
    ...tag,
    stringify(item: unknown, context: Context, onComment?: () => void, onChompKeep?: () => void) {
      const inside = { ...context, flowCollectionPadding: item instanceof YAMLMap ? ' ' : '' };
      return (item as YAMLMap | YAMLSeq).toString(inside as Context, onComment, onChompKeep);
    },
  } as Tag;
}

function unfolded(tag: Tag): Tag {
  if (!('stringify' in tag) || tag.stringify === undefined) return tag;
  const { stringify } = tag;
  return {
    ...tag,
    stringify(item, context, onComment, onChompKeep) {
      const options = item.type === 'BLOCK_FOLDED' ? context.options : { ...context.options, lineWidth: 0 };
      return stringify(item, { ...context, options }, onComment, onChompKeep);
    },
  } as Tag;
}

/** A number that JavaScript cannot hold keeps its digits: the checker has something to say about it. */
function asWritten(tag: Tag): Tag {
  if (!('stringify' in tag) || tag.stringify === undefined) return tag;
  const { stringify } = tag;
  return {
    ...tag,
    stringify: (item, ...rest) => item.source ?? stringify(item, ...rest),
  } as Tag;
}

type Context = NonNullable<Parameters<YAMLMap['toString']>[0]>;
