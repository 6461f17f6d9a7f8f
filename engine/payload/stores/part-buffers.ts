// The buffers that parts of uploads are gathered in: so many bytes of them over all uploads of a worker, and used again.
import { beforeCollecting } from '../passing-garbage.ts';
import { Room } from '../room.ts';

/** Of parts in memory, over all uploads of the worker. */
const partsBytes = 15 * 1024 * 1024;

/** For clients that hold parts of their own. */
export const partRoom = new Room(partsBytes);

export interface PartBuffer {
  readonly bytes: Buffer;
  /** Nobody reads or writes it any more: it may be used again. */
  giveBack(): void;
  /** A request that failed may still be reading it: it only makes room. */
  drop(): void;
}

/** Collections, one every few MiB that pass: a part takes two of them to fill, and many may come in a row that need none. */
const keptFor = 8;

/** First come, first served: whoever waits holds nothing but parts under way, which come to their end without it. */
export class PartBuffers {
  readonly #room: Room;
  #spare: Buffer[] = [];
  #unusedFor = 0;

  constructor(room: Room = partRoom) {
    this.#room = room;
    beforeCollecting(() => this.#dropUnused());
  }

  async take(bytes: number): Promise<PartBuffer> {
    const leave = await this.#room.enter(bytes);
    this.#unusedFor = 0;
    const buffer = this.#spareOf(bytes) ?? this.#make(bytes);
    return {
      bytes: buffer,
      giveBack: () => {
        this.#spare.push(buffer);
        leave();
      },
      drop: leave,
    };
  }

  /** Buffers of this size are slow to make and to be collected. */
  #spareOf(bytes: number): Buffer | undefined {
    const at = this.#spare.findIndex(({ byteLength }) => byteLength === bytes);
    return at < 0 ? undefined : this.#spare.splice(at, 1)[0];
  }

  /** Those of another size have to go: no more is in memory than there is room for. */
  #make(bytes: number): Buffer {
    this.#spare = [];
    return Buffer.allocUnsafeSlow(bytes);
  }

  #dropUnused(): boolean {
    if (++this.#unusedFor < keptFor || this.#spare.length === 0) return false;
    this.#spare = [];
    return true;
  }
}
