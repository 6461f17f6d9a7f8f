// XML to a value, in the plain or in the ordered form.
import { noteWideObjects } from '../../expression/wide-objects.ts';
import { decodeXml } from './decode-xml.ts';
import { OrderedBuilder } from './ordered-builder.ts';
import { PlainBuilder } from './plain-builder.ts';
import { scanXml } from './scan-xml.ts';
import type { XmlOptions } from './xml-options.ts';

/**
 * `{ root: … }`, or the root element itself in the ordered form. Every text stays a string: leading zeros count.
 * Throws FormatError VRS8211 with line and column, VRS8202 for bytes that are not of their encoding.
 */
export function parseXml(content: Uint8Array | string, options: XmlOptions = {}): unknown {
  const source = typeof content === 'string' ? content : decodeXml(content);
  const builder = options.order === 'keep' ? new OrderedBuilder(options) : new PlainBuilder(options);
  scanXml(source, builder);
  noteWideObjects(builder.root, source.length);
  return builder.root;
}
