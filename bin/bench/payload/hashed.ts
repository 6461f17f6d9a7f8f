// Content that is hashed as it passes.
import { createHash } from 'node:crypto';

export async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  done: (digest: string) => void = () => undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  done(hash.digest('hex'));
}
