// Undoes Content-Encoding with a bound on what comes out, so that a small body cannot become a huge one in memory.
import { brotliDecompress, gunzip, inflate } from 'node:zlib';

export type Decoded =
  | { readonly kind: 'decoded'; readonly body: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'malformed'; readonly message: string };

type Decompress = (
  body: Uint8Array,
  options: { maxOutputLength: number },
  done: (error: Error | null, result: Buffer) => void,
) => void;

const decompressors: Readonly<Record<string, Decompress>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: brotliDecompress,
};

/** What an `Accept-Encoding` may say. */
export const acceptedEncodings = 'gzip, deflate, br';

/** Whether a Content-Encoding header names nothing, or one coding that {@link decodeContentEncoding} knows. */
export function isKnownEncoding(header: string | undefined): boolean {
  const coding = codingOf(header);
  return coding === undefined || Object.hasOwn(decompressors, coding);
}

/** Whether there is nothing to undo. */
export function isIdentity(header: string | undefined): boolean {
  return codingOf(header) === undefined;
}

/** The body as it was before encoding, at most `maxBytes` of it. Never rejects. */
export function decodeContentEncoding(
  header: string | undefined,
  body: Buffer,
  maxBytes: number,
): Promise<Decoded> {
  const coding = codingOf(header) ?? 'identity';
  if (coding === 'identity') return Promise.resolve({ kind: 'decoded', body });
  const decompress = Object.hasOwn(decompressors, coding) ? decompressors[coding] : undefined;
  return new Promise((resolve) => {
    if (decompress === undefined) {
      resolve({ kind: 'malformed', message: 'unknown content coding' });
      return;
    }
    decompress(body, { maxOutputLength: maxBytes }, (error, result) => {
      resolve(error === null ? { kind: 'decoded', body: result } : failureOf(error));
    });
  });
}

function failureOf(error: NodeJS.ErrnoException): Decoded {
  if (error.code === 'ERR_BUFFER_TOO_LARGE') return { kind: 'too-large' };
  return { kind: 'malformed', message: error.message };
}

function codingOf(header: string | undefined): string | undefined {
  const coding = header?.trim().toLowerCase();
  return coding === undefined || coding === '' || coding === 'identity' ? undefined : coding;
}
