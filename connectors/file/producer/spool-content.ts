// Writes content that comes as a stream to a temporary file, so that it never lies in memory as a whole.
import { open, rm } from 'node:fs/promises';
import type { Payload } from '../../../engine/connector/index.ts';
import { disk } from './disk/disk.ts';
import type { SpoolJob } from './disk/job.ts';
import { errorOf } from './outcome.ts';

/** Answers the temporary file, written and synced. Nothing of it is left when the stream breaks. */
export async function spoolContent(
  content: NonNullable<Payload['content']>,
  place: Pick<SpoolJob, 'root' | 'path' | 'sync'>,
  signal: AbortSignal,
): Promise<string> {
  const answer = await disk.run({ kind: 'spool', ...place });
  if ('kind' in answer) throw errorOf(answer);
  const { temporary } = answer;
  try {
    const handle = await open(temporary, 'r+');
    try {
      for await (const chunk of content.open(signal)) await handle.writeFile(chunk);
      if (place.sync) await handle.datasync();
    } finally {
      await handle.close();
    }
    return temporary;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
