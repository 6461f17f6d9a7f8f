// Sends content with a bare request of Node's own.
import { once } from 'node:events';
import { request } from 'node:http';

/** Resolves when the answer has come to its end; rejects unless it is a 2xx. */
export async function send(
  method: string,
  url: string,
  content: AsyncIterable<Uint8Array>,
  bytes: number,
): Promise<void> {
  const headers = { 'content-length': bytes, 'content-type': 'application/octet-stream' };
  const outgoing = request(url, { method, headers });
  const answered = new Promise<void>((resolve, reject) => {
    outgoing.once('error', reject);
    outgoing.once('response', (answer) => {
      answer.resume();
      const { statusCode = 0 } = answer;
      if (statusCode < 300) answer.once('end', resolve);
      else reject(new Error(`${method} answered ${statusCode}`));
    });
  });
  answered.catch(() => undefined);
  for await (const chunk of content) if (!outgoing.write(chunk)) await once(outgoing, 'drain');
  outgoing.end();
  await answered;
}
