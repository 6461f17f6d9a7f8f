// A map from whole numbers for what comes and goes by the thousand a second.

/** No key: keys are never negative. */
const free = -1;
const smallestBits = 4;
/** More places than this are given back, half of them each time that the map is empty. */
const restingBits = 6;
/** 2³² divided by the golden ratio: its multiples lie as evenly as can be, so few keys share a place and those that follow stay near. */
const golden = 0x9e3779b9;

/**
 * Keys are whole numbers from 0 on.
 *
 * V8's own Map and Set link each table that they outgrow to the next one. Once one such table is old, it keeps all later ones alive, with what was
 * in them, until the whole heap is collected: with messages in it a worker did that every second (ADR 21). Here nothing points from old to new.
 */
export class NumberMap<V> {
  #keys: number[] = [];
  #values: (V | undefined)[] = [];
  #bits = 0;
  #size = 0;

  constructor() {
    this.#makeRoom(smallestBits);
  }

  get size(): number {
    return this.#size;
  }

  get(key: number): V | undefined {
    return this.#values[this.#find(key)];
  }

  set(key: number, value: V): void {
    let place = this.#find(key);
    if (this.#keys[place] === free) {
      if (this.#size * 2 >= this.#keys.length) {
        this.#makeRoom(this.#bits + 1);
        place = this.#find(key);
      }
      this.#keys[place] = key;
      this.#size++;
    }
    this.#values[place] = value;
  }

  /** Answers whether it was there. */
  delete(key: number): boolean {
    const place = this.#find(key);
    if (this.#keys[place] === free) return false;
    this.#vacate(place);
    this.#size--;
    if (this.#size === 0 && this.#bits > restingBits) this.#makeRoom(this.#bits - 1);
    return true;
  }

  /** Calls `visit` for each value, in no order; it must not change the map. Makes nothing. */
  each(visit: (value: V) => void): void {
    for (let place = 0; place < this.#keys.length; place++)
      if (this.#keys[place] !== free) visit(this.#values[place] as V);
  }

  /** In the order of their keys. */
  values(): V[] {
    const places = [...this.#keys.keys()].filter((place) => this.#keys[place] !== free);
    places.sort((a, b) => (this.#keys[a] as number) - (this.#keys[b] as number));
    return places.map((place) => this.#values[place] as V);
  }

  /** Where the key is, or where it would go: the first free place from its own on. */
  #find(key: number): number {
    const mask = this.#keys.length - 1;
    let place = this.#ownPlace(key);
    for (let found = this.#keys[place]; found !== key && found !== free; found = this.#keys[place])
      place = (place + 1) & mask;
    return place;
  }

  #ownPlace(key: number): number {
    return Math.imul(key, golden) >>> (32 - this.#bits);
  }

  /** Moves up those behind that would not be found past a free place. */
  #vacate(place: number): void {
    const mask = this.#keys.length - 1;
    let hole = place;
    for (let next = (hole + 1) & mask; this.#keys[next] !== free; next = (next + 1) & mask) {
      const own = this.#ownPlace(this.#keys[next] as number);
      if (((next - own) & mask) < ((next - hole) & mask)) continue;
      this.#keys[hole] = this.#keys[next] as number;
      this.#values[hole] = this.#values[next];
      hole = next;
    }
    this.#keys[hole] = free;
    this.#values[hole] = undefined;
  }

  #makeRoom(bits: number): void {
    const keys = this.#keys;
    const values = this.#values;
    const places = 2 ** bits;
    this.#bits = bits;
    this.#keys = new Array<number>(places).fill(free);
    this.#values = new Array<V | undefined>(places).fill(undefined);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as number;
      if (key === free) continue;
      const place = this.#find(key);
      this.#keys[place] = key;
      this.#values[place] = values[index];
    }
  }
}
