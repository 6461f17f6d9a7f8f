// Makes room for content that comes as a stream: an empty temporary file where the whole one will stand.
import { closeSync } from 'node:fs';
import { containedPath } from './contained-path.ts';
import { failureOf } from './failure.ts';
import type { SpoolAnswer, SpoolJob } from './job.ts';
import { syncFolder } from './sync-folder.ts';
import { openTemporary } from './temporary-file.ts';

export async function spool({ root, path, sync }: SpoolJob): Promise<SpoolAnswer> {
  try {
    const { temporary, fd, created } = openTemporary(containedPath(root, path).file);
    closeSync(fd);
    if (sync) await Promise.all(created.map(syncFolder));
    return { temporary };
  } catch (error) {
    return failureOf(error);
  }
}
