// What the scanner reports while it reads a document, in document order.

/** Attributes as name, value, name, value …; references resolved. */
export type Attributes = readonly string[];

export interface XmlHandler {
  open(name: string, attributes: Attributes): void;
  /** A piece of text or CDATA; several in a row belong together. */
  text(text: string): void;
  close(): void;
  /** Inside the root element only. */
  comment?(text: string): void;
  /** A processing instruction inside the root element, without its marks. */
  instruction?(text: string): void;
}
