// A value to XML: the reverse of parse-xml, in the plain and in the ordered form.
import { FormatError } from '../format-error.ts';
import { childrenKey, nameKey, type XmlOptions, xmlDefaults } from './xml-options.ts';

const validName = /^[A-Za-z_:\u00c0-\uffff][-.\w:\u00b7\u00c0-\uffff]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const maxDepth = 500;

/** UTF-8 bytes. Throws FormatError VRS8212 for what XML cannot hold: no single root, names that are none, control characters. */
export function formatXml(value: unknown, options: XmlOptions = {}): Uint8Array {
  const writer = new XmlWriter(options);
  if (isObject(value) && typeof value[nameKey] === 'string') writer.ordered(value, 0);
  else writer.root(value);
  return Buffer.from(
    `${options.declaration === false ? '' : '<?xml version="1.0" encoding="UTF-8"?>\n'}${writer.text}${options.indent === true ? '\n' : ''}`,
  );
}

class XmlWriter {
  text = '';
  readonly #options: XmlOptions;
  readonly #prefix: string;
  readonly #textKey: string;

  constructor(options: XmlOptions) {
    this.#options = options;
    this.#prefix = options.attributePrefix ?? xmlDefaults.attributePrefix;
    this.#textKey = options.textKey ?? xmlDefaults.textKey;
  }

  root(value: unknown): void {
    const { root } = this.#options;
    if (root !== undefined) {
      this.#element(root, value, 0);
      return;
    }
    const members = isObject(value) ? Object.entries(value) : [];
    const [only] = members;
    if (only === undefined || members.length > 1 || Array.isArray(only[1])) {
      throw new FormatError(
        'VRS8212',
        'XML has one root element: give an object with one member, or name the root with `xml: { root: … }`',
      );
    }
    this.#element(only[0], only[1], 0);
  }

  ordered(element: Readonly<Record<string, unknown>>, depth: number): void {
    const name = checkedName(String(element[nameKey]));
    if (depth > maxDepth) throw tooDeep();
    const attributes = Object.entries(element).filter(([member]) => member.startsWith(this.#prefix));
    const children = Array.isArray(element[childrenKey]) ? element[childrenKey] : [];
    this.text += `<${name}${this.#attributes(attributes)}`;
    if (children.length === 0) {
      this.text += '/>';
      return;
    }
    this.text += '>';
    for (const child of children) {
      if (isObject(child)) this.ordered(child, depth + 1);
      else this.text += escapeText(textOf(child));
    }
    this.text += `</${name}>`;
  }

  #element(name: string, value: unknown, depth: number): void {
    if (Array.isArray(value)) {
      for (const one of value) this.#element(name, one, depth);
      return;
    }
    if (depth > maxDepth) throw tooDeep();
    checkedName(name);
    const line = this.#options.indent === true ? `\n${'  '.repeat(depth)}` : '';
    if (depth > 0) this.text += line;
    if (!isObject(value)) {
      const text = escapeText(textOf(value));
      this.text += text === '' ? `<${name}/>` : `<${name}>${text}</${name}>`;
      return;
    }
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    const attributes = members.filter(([member, one]) => member.startsWith(this.#prefix) && !isObject(one));
    const children = members.filter(
      ([member]) => !member.startsWith(this.#prefix) && member !== this.#textKey,
    );
    const text = Object.hasOwn(value, this.#textKey) ? escapeText(textOf(value[this.#textKey])) : '';
    this.text += `<${name}${this.#attributes(attributes)}`;
    if (children.length === 0 && text === '') {
      this.text += '/>';
      return;
    }
    this.text += `>${text}`;
    for (const [member, child] of children) this.#element(member, child, depth + 1);
    this.text += `${children.length > 0 ? line || '' : ''}</${name}>`;
  }

  #attributes(attributes: readonly (readonly [string, unknown])[]): string {
    return attributes
      .map(
        ([member, value]) =>
          ` ${checkedName(member.slice(this.#prefix.length))}="${escapeAttribute(textOf(value))}"`,
      )
      .join('');
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object') throw new FormatError('VRS8212', 'an object stands where XML takes text');
  const text = String(value);
  if (forbidden.test(text))
    throw new FormatError(
      'VRS8212',
      `XML cannot hold the control characters in ${JSON.stringify(text.slice(0, 40))}`,
    );
  return text;
}

function checkedName(name: string): string {
  if (!validName.test(name))
    throw new FormatError(
      'VRS8212',
      `${JSON.stringify(name.slice(0, 60))} is not a name for an element or attribute`,
    );
  return name;
}

function tooDeep(): FormatError {
  return new FormatError('VRS8212', `values more than ${maxDepth} deep are not written as XML`);
}

function escapeText(text: string): string {
  return /[&<>\r]/.test(text)
    ? text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\r/g, '&#13;')
    : text;
}

function escapeAttribute(text: string): string {
  return escapeText(text).replace(/"/g, '&quot;').replace(/\n/g, '&#10;').replace(/\t/g, '&#9;');
}
