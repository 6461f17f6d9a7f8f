// Uploads content of any length in parts: one being filled and one under way are all that is in memory.
import { type PartBuffer, PartBuffers } from './part-buffers.ts';

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
/** Chunks are kept as they are until there are so many bytes: most content is small. */
const gatherBytes = mebibyte / 4;

const workerBuffers = new PartBuffers();

/** S3 takes 10,000 parts: they grow, so that 300 GiB fit and the first 10 GiB cost little memory. */
function partBytes(number: number): number {
  if (number <= 2000) return firstPartBytes;
  return (number <= 6000 ? 16 : 64) * mebibyte;
}

/** Rejects with what the content or the target throws, after the upload was aborted. */
export async function uploadInParts<Tag>(
  target: PartTarget<Tag>,
  content: AsyncIterable<Uint8Array>,
  buffers: PartBuffers = workerBuffers,
): Promise<void> {
  const upload = new Upload(target);
  const part = new OpenPart(buffers);
  try {
    for await (const chunk of content)
      for (let rest = chunk; rest.byteLength > 0; ) {
        rest = await part.add(rest, partBytes(upload.count + 1));
        const full = part.takeFull();
        if (full !== undefined) await upload.send(full);
      }
    if (upload.count === 0) await target.whole(part.content());
    else await upload.finish(part.content());
    part.giveBack();
  } catch (error) {
    await upload.abort();
    part.drop();
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
  async send(part: PartBuffer): Promise<void> {
    const number = ++this.count;
    const before = this.#underWay;
    this.#underWay = this.#send(part, number, before);
    // Whoever awaits it next sees the failure.
    this.#underWay.catch(() => undefined);
    await before;
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

  async #send(part: PartBuffer, number: number, before: Promise<void> | undefined): Promise<void> {
    try {
      await before;
      this.#id ??= await this.#target.begin();
      this.#tags[number - 1] = await this.#target.part(this.#id, number, part.bytes);
      part.giveBack();
    } catch (error) {
      part.drop();
      throw error;
    }
  }
}

/** The part that is being filled: chunks are copied into its buffer; little content never gets one. */
class OpenPart {
  readonly #buffers: PartBuffers;
  #chunks: Uint8Array[] = [];
  #size = 0;
  #buffer: PartBuffer | undefined;

  constructor(buffers: PartBuffers) {
    this.#buffers = buffers;
  }

  /** Answers what did not fit into a part of `capacity` bytes. */
  async add(chunk: Uint8Array, capacity: number): Promise<Uint8Array> {
    if (this.#buffer === undefined && this.#size + chunk.byteLength <= gatherBytes) {
      this.#chunks.push(chunk);
      this.#size += chunk.byteLength;
      return chunk.subarray(chunk.byteLength);
    }
    this.#buffer ??= this.#gather(await this.#buffers.take(capacity));
    const { bytes } = this.#buffer;
    const taken = Math.min(chunk.byteLength, bytes.byteLength - this.#size);
    bytes.set(taken === chunk.byteLength ? chunk : chunk.subarray(0, taken), this.#size);
    this.#size += taken;
    return chunk.subarray(taken);
  }

  /** The part once it is full; another one begins then. */
  takeFull(): PartBuffer | undefined {
    const full = this.#buffer;
    if (full === undefined || this.#size < full.bytes.byteLength) return undefined;
    this.#buffer = undefined;
    this.#size = 0;
    return full;
  }

  content(): Uint8Array {
    if (this.#buffer !== undefined) return this.#buffer.bytes.subarray(0, this.#size);
    const [only, ...others] = this.#chunks;
    return only !== undefined && others.length === 0 ? only : Buffer.concat(this.#chunks, this.#size);
  }

  giveBack(): void {
    this.#buffer?.giveBack();
  }

  drop(): void {
    this.#buffer?.drop();
  }

  #gather(buffer: PartBuffer): PartBuffer {
    let at = 0;
    for (const chunk of this.#chunks) {
      buffer.bytes.set(chunk, at);
      at += chunk.byteLength;
    }
    this.#chunks = [];
    return buffer;
  }
}
