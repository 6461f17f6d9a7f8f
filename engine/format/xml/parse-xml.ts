// XML to a value: elements become members, repeated ones arrays, simple ones strings.
import { decodeXml } from './decode-xml.ts';
import { type Attributes, scanXml, type XmlHandler } from './scan-xml.ts';
import { childrenKey, nameKey, type XmlOptions, xmlDefaults } from './xml-options.ts';

type Members = Record<string, unknown>;

/** `{ root: … }`. Every text stays a string. Throws FormatError with line and column. */
export function parseXml(content: Uint8Array | string, options: XmlOptions = {}): unknown {
  const source = typeof content === 'string' ? content : decodeXml(content);
  const builder = options.order === 'keep' ? new OrderedBuilder(options) : new PlainBuilder(options);
  scanXml(source, builder);
  return builder.root;
}

interface Frame {
  readonly name: string;
  /** Undefined until there is an attribute or a child. */
  members: Members | undefined;
  hasChildren: boolean;
  text: string;
}

class PlainBuilder implements XmlHandler {
  readonly root: Members = {};
  readonly #strip: boolean;
  readonly #prefix: string;
  readonly #textKey: string;
  readonly #arrayNames: ReadonlySet<string>;
  readonly #hasPaths: boolean;
  readonly #stack: Frame[] = [{ name: '', members: this.root, hasChildren: false, text: '' }];

  constructor(options: XmlOptions) {
    this.#strip = options.namespaces === 'strip';
    this.#prefix = options.attributePrefix ?? xmlDefaults.attributePrefix;
    this.#textKey = options.textKey ?? xmlDefaults.textKey;
    this.#arrayNames = new Set(options.arrays ?? []);
    this.#hasPaths = [...this.#arrayNames].some((name) => name.includes('.'));
  }

  open(name: string, attributes: Attributes): void {
    const frame: Frame = {
      name: this.#strip ? localName(name) : name,
      members: undefined,
      hasChildren: false,
      text: '',
    };
    if (attributes.length > 0) frame.members = attributeMembers(attributes, this.#prefix, this.#strip);
    this.#stack.push(frame);
  }

  text(text: string): void {
    const frame = this.#stack[this.#stack.length - 1] as Frame;
    frame.text += text;
  }

  close(): void {
    const frame = this.#stack.pop() as Frame;
    const parent = this.#stack[this.#stack.length - 1] as Frame;
    parent.members ??= {};
    parent.hasChildren = true;
    this.#add(parent.members, frame.name, this.#valueOf(frame));
  }

  #valueOf({ members, hasChildren, text }: Frame): unknown {
    if (members === undefined) return text;
    // Between elements white space is layout; in an element of text alone it is content.
    if (text !== '' && !(hasChildren && text.trim() === '')) setMember(members, this.#textKey, text);
    return members;
  }

  #add(members: Members, name: string, value: unknown): void {
    if (!Object.hasOwn(members, name)) setMember(members, name, this.#isArray(name) ? [value] : value);
    else if (Array.isArray(members[name])) members[name].push(value);
    else setMember(members, name, [members[name], value]);
  }

  #isArray(name: string): boolean {
    if (this.#arrayNames.size === 0) return false;
    if (this.#arrayNames.has(name)) return true;
    if (!this.#hasPaths) return false;
    const path = [...this.#stack.slice(1).map((frame) => frame.name), name].join('.');
    return this.#arrayNames.has(path);
  }
}

interface OrderedElement {
  readonly [nameKey]: string;
  readonly [childrenKey]: unknown[];
}

/** Keeps what the plain form cannot: the order of unlike siblings, and text between them. */
class OrderedBuilder implements XmlHandler {
  #root: OrderedElement | undefined;
  readonly #stack: OrderedElement[] = [];
  readonly #strip: boolean;
  readonly #prefix: string;

  constructor(options: XmlOptions) {
    this.#strip = options.namespaces === 'strip';
    this.#prefix = options.attributePrefix ?? xmlDefaults.attributePrefix;
  }

  get root(): unknown {
    return this.#root;
  }

  open(name: string, attributes: Attributes): void {
    const element: OrderedElement = {
      [nameKey]: this.#strip ? localName(name) : name,
      ...attributeMembers(attributes, this.#prefix, this.#strip),
      [childrenKey]: [],
    };
    this.#stack.at(-1)?.[childrenKey].push(element);
    this.#root ??= element;
    this.#stack.push(element);
  }

  text(text: string): void {
    const children = this.#stack.at(-1)?.[childrenKey] ?? [];
    const last = children.at(-1);
    if (typeof last === 'string') children[children.length - 1] = last + text;
    else children.push(text);
  }

  close(): void {
    this.#stack.pop();
  }
}

function attributeMembers(attributes: Attributes, prefix: string, strip: boolean): Members | undefined {
  let members: Members | undefined;
  for (let index = 0; index < attributes.length; index += 2) {
    const name = attributes[index] as string;
    if (strip && (name === 'xmlns' || name.startsWith('xmlns:'))) continue;
    members ??= {};
    setMember(members, prefix + (strip ? localName(name) : name), attributes[index + 1]);
  }
  return members;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** An element may be called `__proto__`: then it is a member like any other. */
function setMember(members: Members, name: string, value: unknown): void {
  if (name === '__proto__')
    Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true });
  else members[name] = value;
}
