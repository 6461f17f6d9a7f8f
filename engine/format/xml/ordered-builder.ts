// The ordered form of XML: keeps what the plain form cannot, the order of unlike siblings, text between them, comments.
import type { Attributes, XmlHandler } from './xml-handler.ts';
import { attributeMembers, localName } from './xml-members.ts';
import {
  childrenKey,
  commentKey,
  instructionKey,
  nameKey,
  type XmlOptions,
  xmlDefaults,
} from './xml-options.ts';

interface OrderedElement {
  readonly [nameKey]: string;
  readonly [childrenKey]: unknown[];
}

export class OrderedBuilder implements XmlHandler {
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
    else if (text !== '') children.push(text);
  }

  comment(text: string): void {
    this.#stack.at(-1)?.[childrenKey].push({ [commentKey]: text });
  }

  instruction(text: string): void {
    this.#stack.at(-1)?.[childrenKey].push({ [instructionKey]: text });
  }

  close(): void {
    this.#stack.pop();
  }
}
