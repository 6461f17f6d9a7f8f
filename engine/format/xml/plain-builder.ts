// The plain form of XML: elements become members, repeated ones arrays, simple ones strings.
import { setMember } from '../own-member.ts';
import { isBlank } from './characters.ts';
import type { Attributes, XmlHandler } from './xml-handler.ts';
import { attributeMembers, localName } from './xml-members.ts';
import { type XmlOptions, xmlDefaults } from './xml-options.ts';

interface Frame {
  readonly name: string;
  /** Undefined until there is an attribute or a child. */
  members: Record<string, unknown> | undefined;
  hasChildren: boolean;
  text: string;
}

export class PlainBuilder implements XmlHandler {
  readonly root: Record<string, unknown> = {};
  readonly #strip: boolean;
  readonly #prefix: string;
  readonly #textKey: string;
  readonly #arrays: ReadonlySet<string>;
  readonly #hasPaths: boolean;
  readonly #stack: Frame[] = [{ name: '', members: this.root, hasChildren: false, text: '' }];

  constructor(options: XmlOptions) {
    this.#strip = options.namespaces === 'strip';
    this.#prefix = options.attributePrefix ?? xmlDefaults.attributePrefix;
    this.#textKey = options.textKey ?? xmlDefaults.textKey;
    this.#arrays = new Set(options.arrays ?? []);
    this.#hasPaths = [...this.#arrays].some((name) => name.includes('.'));
  }

  open(name: string, attributes: Attributes): void {
    const members =
      attributes.length > 0 ? attributeMembers(attributes, this.#prefix, this.#strip) : undefined;
    this.#stack.push({ name: this.#strip ? localName(name) : name, members, hasChildren: false, text: '' });
  }

  text(text: string): void {
    const frame = this.#stack[this.#stack.length - 1] as Frame;
    frame.text = frame.text === '' ? text : frame.text + text;
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
    if (text !== '' && !(hasChildren && isBlank(text))) setMember(members, this.#textKey, text);
    return members;
  }

  #add(members: Record<string, unknown>, name: string, value: unknown): void {
    if (!Object.hasOwn(members, name)) {
      setMember(members, name, this.#isArray(name) ? [value] : value);
      return;
    }
    const present = members[name];
    if (Array.isArray(present)) present.push(value);
    else setMember(members, name, [present, value]);
  }

  #isArray(name: string): boolean {
    if (this.#arrays.size === 0) return false;
    if (this.#arrays.has(name)) return true;
    if (!this.#hasPaths) return false;
    const path = [...this.#stack.slice(1).map((frame) => frame.name), name].join('.');
    return this.#arrays.has(path);
  }
}
