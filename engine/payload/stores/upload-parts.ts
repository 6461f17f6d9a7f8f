// Uploads content of any length in parts: one being filled and one under way are all that is in memory.

/** What a store does with parts. Bytes belong to the caller again once the promise is settled. */
export interface PartTarget<Tag> {
  /** Content that is less than a part. */
  whole(bytes: Uint8Array): Promise<void>;
  /** Answers what names the upload. */
  begin(): Promise<string>;
  /** `number` counts from 1. */
  part(upload: string, number: number, bytes: Uint8Array): Promise<Tag>;
  complete(upload: string, tags: readonly Tag[]): Promise<void>;
  /** Leaves nothing of the upload behind. */
  abort(upload: string): Promise<void>;
}

const mebibyte = 1024 * 1024;
/** The smallest part that S3 takes. */
const firstPartBytes = 5 * mebibyte;
const spareBuffers: Buffer[] = [];
/** Chunks are kept as they are until there are so many bytes: most content is small. */
const gatherBytes = mebibyte;

/** S3 takes 10,000 parts: they grow, so that 300 GiB fit and the first 10 GiB cost little memory. */
function partBytes(number: number): number {
  if (number <= 2000) return firstPartBytes;
  return (number <= 6000 ? 16 : 64) * mebibyte;
}

/** Rejects with what the content or the target throws, after the upload was aborted. */
export async function uploadInParts<Tag>(
  target: PartTarget<Tag>,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  const filler = new Filler();
  const upload = new Upload(target);
  try {
    for await (const chunk of content)
      for (const full of filler.add(chunk)) {
        await upload.send(full);
        filler.next(partBytes(upload.count + 1));
      }
    if (upload.count === 0) await target.whole(filler.rest());
    else await upload.finish(filler.rest());
    filler.release();
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

class Upload<Tag> {
  readonly #target: PartTarget<Tag>;
  readonly #tags: Tag[] = [];
  #id: string | undefined;
  #underWay: Promise<void> | undefined;
  count = 0;

  constructor(target: PartTarget<Tag>) {
    this.#target = target;
  }

  /** Resolves as soon as the part before this one is stored. The buffer is given back afterwards. */
  async send(buffer: Buffer): Promise<void> {
    this.#id ??= await this.#target.begin();
    await this.#underWay;
    const number = ++this.count;
    this.#underWay = this.#target.part(this.#id, number, buffer).then((tag) => {
      this.#tags[number - 1] = tag;
      giveBack(buffer);
    });
    // Whoever awaits it next sees the failure.
    this.#underWay.catch(() => undefined);
  }

  async finish(rest: Uint8Array): Promise<void> {
    await this.#underWay;
    const id = this.#id as string;
    if (rest.byteLength > 0) this.#tags.push(await this.#target.part(id, this.count + 1, rest));
    await this.#target.complete(id, this.#tags);
  }

  async abort(): Promise<void> {
    await this.#underWay?.catch(() => undefined);
    if (this.#id !== undefined) await this.#target.abort(this.#id);
  }
}

/** Copies chunks into a part's buffer; little content never gets one. */
class Filler {
  #chunks: Uint8Array[] = [];
  #size = 0;
  #buffer: Buffer | undefined;
  #capacity = firstPartBytes;

  /** Yields each part that became full; {@link next} must be called after each. */
  *add(chunk: Uint8Array): Generator<Buffer, void, undefined> {
    if (this.#buffer === undefined && this.#size + chunk.byteLength <= gatherBytes) {
      this.#chunks.push(chunk);
      this.#size += chunk.byteLength;
      return;
    }
    for (let rest = chunk; rest.byteLength > 0; ) {
      const buffer = this.#gathered();
      const taken = Math.min(rest.byteLength, this.#capacity - this.#size);
      buffer.set(rest.subarray(0, taken), this.#size);
      this.#size += taken;
      rest = rest.subarray(taken);
      if (this.#size === this.#capacity) yield buffer;
    }
  }

  next(capacity: number): void {
    this.#capacity = capacity;
    this.#size = 0;
    this.#buffer = undefined;
  }

  rest(): Uint8Array {
    return this.#buffer === undefined
      ? Buffer.concat(this.#chunks, this.#size)
      : this.#buffer.subarray(0, this.#size);
  }

  release(): void {
    if (this.#buffer !== undefined) giveBack(this.#buffer);
  }

  #gathered(): Buffer {
    if (this.#buffer !== undefined) return this.#buffer;
    const buffer = spareBuffers.find(({ byteLength }) => byteLength === this.#capacity);
    if (buffer !== undefined) spareBuffers.splice(spareBuffers.indexOf(buffer), 1);
    this.#buffer = buffer ?? Buffer.allocUnsafeSlow(this.#capacity);
    let at = 0;
    for (const chunk of this.#chunks) {
      this.#buffer.set(chunk, at);
      at += chunk.byteLength;
    }
    this.#chunks = [];
    return this.#buffer;
  }
}

/** A few are kept: buffers of this size are slow to make and slow to be collected. */
function giveBack(buffer: Buffer): void {
  if (spareBuffers.length < 2 && buffer.byteLength === firstPartBytes) spareBuffers.push(buffer);
}
