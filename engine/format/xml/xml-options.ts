// How XML and values correspond, as configured on a convert step.

export interface XmlOptions {
  /** `strip` takes prefixes off names and leaves out xmlns declarations. */
  readonly namespaces?: 'keep' | 'strip';
  /** Put before the names of attributes. */
  readonly attributePrefix?: string;
  /** The member that holds an element's text when it has attributes or children. */
  readonly textKey?: string;
  /** Elements that become an array even when there is only one, by name or dotted path. */
  readonly arrays?: readonly string[];
  /** `keep`: every element is `{ "#name", "@…", "#children": [] }`, so that order and mixed content stay. */
  readonly order?: 'ignore' | 'keep';
  /** The root element when the value has several members or none. */
  readonly root?: string;
  readonly declaration?: boolean;
  readonly indent?: boolean;
}

export const xmlDefaults = { attributePrefix: '@', textKey: '#text' } as const;
export const nameKey = '#name';
export const childrenKey = '#children';
