// Random YAML as people might leave it: every style, any indentation, comments and blank lines wherever YAML allows them.

/** Numbers from 0 to 1, the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One to three documents; the first looks like a flow. */
export function randomText(random: () => number): string {
  const writer = new Writer(random);
  const documents = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, index) =>
    index === 0 ? writer.flow() : writer.document(),
  );
  const text = documents.join(random() < 0.3 ? '---\n' : '--- # next\n');
  return random() < 0.2 ? text.replaceAll('\n', '\r\n') : text;
}

const WORDS = ['total', 'a b', 'x: y', '#no', "it's", 'say "hi"', 'true', '12', '0x1F', '1.50', '~', '', ' lead', '{{ id }}', '- no', 'ä€𝄞'];
const EXPRESSIONS = ['total > 100', 'country = "NO"', '{ "id": x }', '[a, b]', '$sum(lines.(price * quantity))', "name = 'it''s'", 'a.b'];

class Writer {
  readonly #random: () => number;
  #anchors = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  flow(): string {
    const list = (name: string, items: readonly string[]) => `${this.#noise('  ')}  ${name}:${this.#tail()}\n${items.join('')}`;
    const steps = Array.from({ length: 1 + Math.floor(this.#random() * 3) }, (_, index) => this.#step(index));
    this.#anchors = 0;
    return [
      this.#noise(''),
      'apiVersion:   vrsky.io/v1', this.#tail(), '\n',
      'kind: Flow\n',
      this.#noise(''),
      'metadata: { name: &n orders,labels: {a: "1"} }', this.#tail(), '\nspec:\n',
      list('consumers', [`  - {name: inbox, type: file, directory: ./in}${this.#tail()}\n`]),
      list('steps', steps),
      list('producers', ['  - name: out\n    type: log\n    message: *n\n']),
      this.#noise(''),
    ].join('');
  }

  document(): string {
    this.#anchors = 0;
    const fields = Array.from({ length: 1 + Math.floor(this.#random() * 4) }, (_, index) => `k${index}:${this.#value(2, 0)}`);
    return fields.map((field) => this.#noise('') + field).join('') + this.#noise('');
  }

  #step(index: number): string {
    const code = this.#pick(EXPRESSIONS);
    if (this.#random() < 0.4) return `${this.#noise('    ')}  - { name: s${index}, type: filter, when: ${this.#quoted(code)} }${this.#tail()}\n`;
    const written = this.#pick([() => this.#quoted(code), () => `|\n      ${code}\n\n      `, () => `>-\n      ${code}\n      + 1`, () => `"${code.replaceAll('"', '\\"')}\n      + 1"`])();
    return `${this.#noise('    ')}  - name: s${index}${this.#tail()}\n${this.#noise('    ')}    type: filter\n    when: ${written.trimEnd()}\n`;
  }

  /** From after the colon or dash to the end of the last line. `indent` is that of lines inside. */
  #value(indent: number, depth: number): string {
    const kind = this.#random();
    if (depth > 3 || kind < 0.45) return ` ${this.#anchor()}${this.#scalar(indent)}`;
    if (kind < 0.6) return ` ${this.#anchor()}${this.#flowValue(depth)}${this.#tail()}\n`;
    const count = 1 + Math.floor(this.#random() * 3);
    const pad = ' '.repeat(indent);
    const isList = kind < 0.8;
    const items = Array.from({ length: count }, (_, index) => {
      const head = isList ? '-' : `f${index}:`;
      return `${this.#noise(pad)}${pad}${head}${this.#value(indent + 2 + Math.floor(this.#random() * 2), depth + 1)}`;
    });
    return `${this.#tail()}\n${items.join('')}`;
  }

  #scalar(indent: number): string {
    const pad = ' '.repeat(indent + 1);
    const kind = this.#random();
    if (kind < 0.15) return `|${this.#pick(['', '-', '+'])}${this.#tail()}\n${pad}# text\n${pad}  deeper\n\n${pad}end\n${this.#pick(['', '\n'])}`;
    if (kind < 0.3) return `>${this.#pick(['', '-', '+'])}\n${pad}folded words\n${pad}go on\n\n${pad}next\n`;
    if (kind < 0.4) return `plain words\n${pad}on two lines${this.#tail()}\n`;
    return `${this.#quoted(this.#pick(WORDS))}${this.#tail()}\n`;
  }

  #flowValue(depth: number): string {
    if (depth > 3 || this.#random() < 0.4) return this.#quoted(this.#pick(WORDS));
    const items = Array.from({ length: Math.floor(this.#random() * 4) }, () => this.#flowValue(depth + 1));
    if (this.#random() < 0.5) return `[${items.join(this.#random() < 0.2 ? ', # why\n          ' : ',  ')}]`;
    return `{${items.map((item, index) => `g${index}: ${item}`).join(', ')}}`;
  }

  #quoted(text: string): string {
    return this.#random() < 0.5 ? JSON.stringify(text) : `'${text.replaceAll("'", "''")}'`;
  }

  #anchor(): string {
    if (this.#anchors === 0 && this.#random() < 0.1) return `&a${++this.#anchors} `;
    return '';
  }

  /** The end of a line: nothing, spaces, a comment. */
  #tail(): string {
    return this.#pick(['', '', '', '  ', ' # tail', '   #tight']);
  }

  /** Lines of their own between two others. */
  #noise(pad: string): string {
    return this.#pick(['', '', '', '', '\n', `${pad}# own line\n`, '# outdented\n', `\n\n\n${pad}# far\n\n`, `${pad}  # indented\n`]);
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)] as T;
  }
}
