// Content that is read as a stream and never held as a whole: what a large payload consists of.

/** Content somewhere else: in a store, in a file, on its way in. */
export interface PayloadContent {
  /** Bytes, when known beforehand. */
  readonly size: number | undefined;
  /**
   * From the first byte to the last. Each call starts anew, where the source can; whoever reads takes nothing as complete before the
   * end. What goes wrong is thrown.
   */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** All of it, unless it is more than `maxBytes`: then undefined, and the rest is not read. */
export async function readWhole(
  content: PayloadContent,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of content.open(signal)) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size);
}

/** The beginning of a stream, and what follows when there is more than that. */
export type Head =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'more'; readonly content: AsyncIterable<Uint8Array> };

/** Reads until more than `maxBytes` are there. A `more` is read to its end by whoever gets it; it closes its source when left early. */
export async function readHead(source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Head> {
  const iterator = source[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let size = 0;
  while (size <= maxBytes) {
    const next = await iterator.next();
    if (next.done === true) return { kind: 'whole', bytes: Buffer.concat(head, size) };
    head.push(next.value);
    size += next.value.byteLength;
  }
  return { kind: 'more', content: rejoined(head, iterator) };
}

async function* rejoined(
  head: Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (let chunk = head.shift(); chunk !== undefined; chunk = head.shift()) yield chunk;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
