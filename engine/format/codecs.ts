// The formats that convert and split speak, each with parse, format and content type.
import { fromBase64, toBase64 } from './base64.ts';
import { encodeContent } from './content.ts';
import type { CsvOptions } from './csv/csv-options.ts';
import { formatCsv } from './csv/format-csv.ts';
import { parseCsv } from './csv/parse-csv.ts';
import { decodeText, decodeUtf8 } from './decode-text.ts';
import { formatForm, parseForm } from './form.ts';
import { formatJson, parseJson } from './json.ts';
import { formatNdjson, parseNdjson } from './ndjson.ts';
import { formatXml } from './xml/format-xml.ts';
import { parseXml } from './xml/parse-xml.ts';
import type { XmlOptions } from './xml/xml-options.ts';

export const formats = ['json', 'ndjson', 'xml', 'csv', 'text', 'binary', 'form'] as const;
export type Format = (typeof formats)[number];

export interface CodecOptions {
  readonly xml?: XmlOptions;
  readonly csv?: CsvOptions;
  /** Of what is read; its `charset` tells how text is encoded when the format itself does not. */
  readonly contentType?: string;
}

export interface Codec {
  /** Of what `format` writes. */
  readonly contentType: string;
  /** Throws FormatError. */
  parse(bytes: Uint8Array, options: CodecOptions): unknown;
  /** Throws FormatError. */
  format(value: unknown, options: CodecOptions): Uint8Array;
}

export const codecs: Readonly<Record<Format, Codec>> = {
  json: {
    contentType: 'application/json',
    parse: (bytes) => parseJson(decodeUtf8(bytes)),
    format: (value) => encodeContent(value, 'application/json'),
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
  text: {
    contentType: 'text/plain; charset=utf-8',
    parse: (bytes, { contentType }) => decodeText(bytes, charsetOf(contentType)),
    format: (value) => Buffer.from(typeof value === 'string' ? value : formatJson(value)),
  },
  // A value cannot hold bytes: base64 stands for them, as in JSON everywhere.
  binary: { contentType: 'application/octet-stream', parse: toBase64, format: fromBase64 },
  form: {
    contentType: 'application/x-www-form-urlencoded',
    parse: (bytes) => parseForm(decodeUtf8(bytes)),
    format: formatForm,
  },
};

/** The format that a content type stands for; undefined when it tells nothing. */
export function formatOf(contentType: string): Format | undefined {
  const type = (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (type === 'application/json' || type === 'text/json' || type.endsWith('+json')) return 'json';
  if (/^application\/(?:x-ndjson|ndjson|jsonl|x-jsonlines)$/.test(type)) return 'ndjson';
  if (type.endsWith('/xml') || type.endsWith('+xml')) return 'xml';
  if (type === 'text/csv' || type === 'application/csv') return 'csv';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  return type.startsWith('text/') ? 'text' : undefined;
}

function charsetOf(contentType: string | undefined): string {
  return /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
}
