// The formats that convert and split speak, each with parse, format and content type.
import { decodeContent, encodeContent } from './content.ts';
import type { CsvOptions } from './csv/csv-options.ts';
import { formatCsv } from './csv/format-csv.ts';
import { parseCsv } from './csv/parse-csv.ts';
import { formatForm, parseForm } from './form.ts';
import { FormatError } from './format-error.ts';
import { formatNdjson, parseNdjson } from './ndjson.ts';
import { formatXml } from './xml/format-xml.ts';
import { parseXml } from './xml/parse-xml.ts';
import type { XmlOptions } from './xml/xml-options.ts';

export const formats = ['json', 'ndjson', 'xml', 'csv', 'text', 'binary', 'form'] as const;
export type Format = (typeof formats)[number];

export interface CodecOptions {
  readonly xml?: XmlOptions;
  readonly csv?: CsvOptions;
}

export interface Codec {
  readonly contentType: string;
  /** A promise only for CSV. Throws FormatError. */
  parse(bytes: Uint8Array, options: CodecOptions): unknown | Promise<unknown>;
  /** Throws FormatError. */
  format(value: unknown, options: CodecOptions): Uint8Array;
}

const json = 'application/json';
const text = 'text/plain; charset=utf-8';

export const codecs: Readonly<Record<Format, Codec>> = {
  json: {
    contentType: json,
    parse: (bytes) => decodeContent(bytes, json),
    format: (value) => encodeContent(value, json),
  },
  ndjson: { contentType: 'application/x-ndjson', parse: parseNdjson, format: formatNdjson },
  xml: {
    contentType: 'application/xml',
    parse: (bytes, { xml }) => parseXml(bytes, xml),
    format: (value, { xml }) => formatXml(value, xml),
  },
  csv: {
    contentType: 'text/csv',
    parse: (bytes, { csv }) => parseCsv(bytes, csv),
    format: (value, { csv }) => formatCsv(value, csv),
  },
  text: { contentType: text, parse: (bytes) => decodeContent(bytes, text), format: formatText },
  // A value cannot hold bytes: base64 stands for them, as in JSON everywhere.
  binary: {
    contentType: 'application/octet-stream',
    parse: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    format: formatBinary,
  },
  form: {
    contentType: 'application/x-www-form-urlencoded',
    parse: (bytes) => parseForm(decodeContent(bytes, text) as string),
    format: formatForm,
  },
};

function formatText(value: unknown): Uint8Array {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
}

function formatBinary(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string' && /^[A-Za-z0-9+/\s]*={0,2}$/.test(value))
    return Buffer.from(value, 'base64');
  throw new FormatError('VRS8203', 'binary content is written from base64 text');
}
