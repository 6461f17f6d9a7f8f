// What becomes of an object once its message is stored: deleted, moved, tagged, or kept as it is.
import { type BucketObject, type ObjectBucket, ObjectFailure } from '../../payload/stores/object-bucket.ts';
import type { Finish } from './object-config.ts';

/** `changed`: another object has its key by now, and stays. Rejects when it should be tried again. */
export async function finishObject(
  bucket: ObjectBucket,
  object: BucketObject,
  finish: Finish,
  prefix: string,
): Promise<'done' | 'changed'> {
  try {
    await carryOut(bucket, object, finish, prefix);
    return 'done';
  } catch (error) {
    if (error instanceof ObjectFailure && error.kind === 'gone') return 'done';
    if (error instanceof ObjectFailure && error.kind === 'changed') return 'changed';
    throw error;
  }
}

async function carryOut(
  bucket: ObjectBucket,
  object: BucketObject,
  finish: Finish,
  prefix: string,
): Promise<void> {
  const { key, version } = object;
  switch (finish.after) {
    case 'keep':
      return;
    case 'delete':
      return bucket.delete(key, version);
    case 'tag':
      return bucket.tag(key, finish.tags, version);
    case 'move':
      await bucket.copy(object, finish.moveTo + key.slice(prefix.length));
      return bucket.delete(key, version);
  }
}
