// A value to XML: the reverse of parse-xml, in the plain and in the ordered form.
import { checkedName, escapeAttribute, escapeText, textOf, unwritable } from './escape-xml.ts';
import {
  childrenKey,
  commentKey,
  instructionKey,
  itemName,
  nameKey,
  type XmlOptions,
  xmlDefaults,
} from './xml-options.ts';

const maxDepth = 500;
type Members = Readonly<Record<string, unknown>>;

/** UTF-8 bytes. Throws FormatError VRS8212 for what XML cannot hold: no single root, names that are none, control characters. */
export function formatXml(value: unknown, options: XmlOptions = {}): Uint8Array {
  const writer = new XmlWriter(options);
  const body = isOrdered(value) ? writer.ordered(value, 0) : writer.document(value);
  const declaration = options.declaration === false ? '' : '<?xml version="1.0" encoding="UTF-8"?>\n';
  return Buffer.from(`${declaration}${body}${options.indent === true ? '\n' : ''}`);
}

class XmlWriter {
  readonly #root: string | undefined;
  readonly #indent: boolean;
  readonly #prefix: string;
  readonly #textKey: string;

  constructor(options: XmlOptions) {
    this.#root = options.root;
    this.#indent = options.indent === true;
    this.#prefix = options.attributePrefix ?? xmlDefaults.attributePrefix;
    this.#textKey = options.textKey ?? xmlDefaults.textKey;
  }

  document(value: unknown): string {
    if (this.#root !== undefined)
      return this.#element(this.#root, Array.isArray(value) ? { [itemName]: value } : value, 0, '');
    const [only, ...others] = isMembers(value) ? Object.entries(value) : [];
    const content = Array.isArray(only?.[1]) && only[1].length === 1 ? only[1][0] : only?.[1];
    if (only === undefined || others.length > 0 || Array.isArray(content)) {
      throw unwritable(
        'XML has one root element; give an object with one member, or name the root with `xml: { root: … }`',
      );
    }
    return this.#element(only[0], content, 0, '');
  }

  ordered(element: Members, depth: number): string {
    checkDepth(depth);
    const name = checkedName(String(element[nameKey]));
    const attributes = Object.entries(element).filter(([member]) => member.startsWith(this.#prefix));
    const children = Array.isArray(element[childrenKey]) ? element[childrenKey] : [];
    const start = `<${name}${this.#attributes(attributes)}`;
    if (children.length === 0) return `${start}/>`;
    return `${start}>${children.map((child) => this.#orderedChild(child, name, depth)).join('')}</${name}>`;
  }

  #orderedChild(child: unknown, parent: string, depth: number): string {
    if (!isMembers(child)) return escapeText(textOf(child, parent));
    if (isOrdered(child)) return this.ordered(child, depth + 1);
    if (typeof child[commentKey] === 'string') return comment(child[commentKey]);
    if (typeof child[instructionKey] === 'string') return instruction(child[instructionKey]);
    throw unwritable(`a member of \`${childrenKey}\` in \`${parent}\` has no \`${nameKey}\``);
  }

  /** `line` is what stands before the element: nothing, or a line break with its indent. */
  #element(name: string, value: unknown, depth: number, line: string): string {
    if (Array.isArray(value)) return value.map((one) => this.#element(name, one, depth, line)).join('');
    checkDepth(depth);
    if (isMembers(value)) return line + this.#members(checkedName(name), value, depth);
    const text = escapeText(textOf(value, name));
    return `${line}<${checkedName(name)}${text === '' ? '/>' : `>${text}</${name}>`}`;
  }

  #members(name: string, value: Members, depth: number): string {
    const attributes: (readonly [string, unknown])[] = [];
    let text = '';
    let children = '';
    // White space put into mixed content would become part of it.
    const line = this.#indent && !Object.hasOwn(value, this.#textKey) ? `\n${'  '.repeat(depth + 1)}` : '';
    for (const member of Object.keys(value)) {
      const one = value[member];
      if (one === undefined) continue;
      if (member === this.#textKey) text = escapeText(textOf(one, member));
      else if (member.startsWith(this.#prefix)) attributes.push([member, one]);
      else children += this.#element(member, one, depth + 1, line);
    }
    const start = `<${name}${this.#attributes(attributes)}`;
    if (children === '' && text === '') return `${start}/>`;
    return `${start}>${text}${children}${children === '' ? '' : line.slice(0, -2)}</${name}>`;
  }

  #attributes(attributes: readonly (readonly [string, unknown])[]): string {
    let written = '';
    for (const [member, value] of attributes) {
      const name = checkedName(member.slice(this.#prefix.length));
      written += ` ${name}="${escapeAttribute(textOf(value, member))}"`;
    }
    return written;
  }
}

function comment(text: string): string {
  if (/--|-$/.test(text)) throw unwritable('a comment holds `--`');
  return `<!--${textOf(text, commentKey)}-->`;
}

function instruction(text: string): string {
  if (text.includes('?>')) throw unwritable('a processing instruction holds `?>`');
  checkedName(/^[^ \t\r\n]*/.exec(text)?.[0] ?? '');
  return `<?${textOf(text, instructionKey)}?>`;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function isOrdered(value: unknown): value is Members {
  return isMembers(value) && typeof value[nameKey] === 'string';
}

function checkDepth(depth: number): void {
  if (depth >= maxDepth) throw unwritable(`it is more than ${maxDepth} deep`);
}
