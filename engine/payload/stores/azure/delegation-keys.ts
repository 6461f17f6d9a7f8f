// Keys that Azure gives to whoever has no account key, to sign links with: for seven days at most.
import type { BlobServiceClient, UserDelegationKey } from '@azure/storage-blob';
import { ObjectFailure } from '../object-bucket.ts';

const minuteMs = 60_000;
/** Clocks differ. */
const sinceMs = 5 * minuteMs;
const untilMs = 7 * 24 * 60 * minuteMs - 15 * minuteMs;

/** Answers a key for links that expire then; one key serves as many as it can. Rejects where none lasts that long. */
export function delegationKeys(service: BlobServiceClient): (expiresOn: Date) => Promise<UserDelegationKey> {
  let latest: { readonly until: number; readonly key: Promise<UserDelegationKey> } | undefined;
  return (expiresOn) => {
    if (latest !== undefined && expiresOn.getTime() <= latest.until) return latest.key;
    const now = Date.now();
    const until = now + untilMs;
    if (expiresOn.getTime() > until)
      throw new ObjectFailure('invalid', 'without an account key links last seven days at most');
    const asked = service.getUserDelegationKey(new Date(now - sinceMs), new Date(until));
    const current = { until, key: asked };
    latest = current;
    asked.catch(() => {
      if (latest === current) latest = undefined;
    });
    return asked;
  };
}
