// Puts the sample documents where the example flows take them in.
import { createHmac } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';

/** Copies every sample of a folder into an inbox; answers how many. Each appears whole, under its final name. */
export async function feedFiles(samples: string, inbox: string): Promise<number> {
  const names = await readdir(samples);
  await mkdir(inbox, { recursive: true });
  for (const name of names) {
    await copyFile(path.join(samples, name), path.join(inbox, `.${name}.part`));
    await rename(path.join(inbox, `.${name}.part`), path.join(inbox, name));
  }
  return names.length;
}

/** Sends every sample to the hook as GitHub does, signed; answers how many were accepted. */
export async function feedWebhook(samples: string, url: string, secret: string): Promise<number> {
  const names = await readdir(samples);
  const answers = await Promise.all(
    names.map(async (name) =>
      postSigned(await readFile(path.join(samples, name)), path.parse(name).name, url, secret),
    ),
  );
  const refused = answers.filter((status) => status !== 202);
  if (refused.length > 0) throw new Error(`the webhook answered ${refused.join(', ')} instead of 202`);
  return names.length;
}

/** Posts one payload as GitHub does; answers the status. */
export async function postSigned(
  body: Buffer<ArrayBuffer>,
  event: string,
  url: string,
  secret: string,
): Promise<number> {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': crypto.randomUUID(),
      'x-hub-signature-256': `sha256=${signature}`,
    },
  });
  return response.status;
}
