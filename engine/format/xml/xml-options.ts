// How XML and values correspond, as configured on a convert step.

export interface XmlOptions {
  /** `strip` takes prefixes off names and leaves out xmlns declarations. */
  readonly namespaces?: 'keep' | 'strip';
  /** Put before the names of attributes. */
  readonly attributePrefix?: string;
  /** The member that holds an element's text when it has attributes or children. */
  readonly textKey?: string;
  /** Elements that become an array even when there is only one, by name or dotted path from the root. */
  readonly arrays?: readonly string[];
  /** `keep`: every element is `{ "#name", "@…", "#children": [] }`, so that order, mixed content and comments stay. */
  readonly order?: 'ignore' | 'keep';
  /** When writing: an element of this name around the value. */
  readonly root?: string;
  readonly declaration?: boolean;
  readonly indent?: boolean;
}

export const xmlDefaults = { attributePrefix: '@', textKey: '#text' } as const;
export const nameKey = '#name';
export const childrenKey = '#children';
export const commentKey = '#comment';
export const instructionKey = '#instruction';
/** What the items of a list are called when the list itself is the document. */
export const itemName = 'item';
