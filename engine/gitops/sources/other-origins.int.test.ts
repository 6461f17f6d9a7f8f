// Folders and buckets as sources, against a real folder and an S3 server.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { startFauxS3 } from '../../devserver/object-servers/s3-servers.ts';
import { s3Reader } from '../../payload/stores/s3/s3-reader.ts';
import { bucketOrigin } from './bucket-origin.ts';
import { directoryOrigin } from './directory-origin.ts';

const never = new AbortController().signal;

function folder(t: TestContext): string {
  const made = mkdtempSync(path.join(tmpdir(), 'vrsky-origin-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('a folder is named by what its manifests hold', async (t) => {
  const directory = folder(t);
  mkdirSync(path.join(directory, 'deep'));
  writeFileSync(path.join(directory, 'deep', 'a.yaml'), 'a: 1\n');
  const origin = directoryOrigin(directory);
  const first = await origin.fetch(undefined, never);
  writeFileSync(path.join(directory, 'notes.md'), '#');
  assert.deepEqual(await origin.fetch(first.id, never), first);
  assert.deepEqual(
    (await origin.read(first, never)).sources.map(({ text }) => text),
    ['a: 1\n'],
  );
  writeFileSync(path.join(directory, 'deep', 'a.yaml'), 'a: 2\n');
  const second = await origin.fetch(first.id, never);
  assert.notEqual(second.id, first.id);
});

test('a folder that is gone may come back; it is not an empty one', async (t) => {
  const origin = directoryOrigin(path.join(folder(t), 'none'));
  await assert.rejects(origin.fetch(undefined, never), { code: 'VRS7013', retryable: true });
});

test('a prefix of a bucket: what lies below it, and nothing beside it', async (t) => {
  const { CreateBucketCommand, PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const { settings, stop } = await startFauxS3();
  t.after(stop);
  const { endpoint = '', region = '', accessKeyId = '', secretAccessKey = '' } = settings;
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  const Bucket = 'flows';
  await client.send(new CreateBucketCommand({ Bucket }));
  const put = (Key: string, Body: string) => client.send(new PutObjectCommand({ Bucket, Key, Body }));
  await put('prod/a.yaml', 'a: 1\n');
  await put('prod/deep/b.yml', 'b: 1\n');
  await put('prod/a.test.yaml', 'c: 1\n');
  await put('test/c.yaml', 'c: 1\n');
  const origin = bucketOrigin('s3://flows/prod/', s3Reader({ ...settings, bucket: Bucket, prefix: 'prod/' }));
  const first = await origin.fetch(undefined, never);
  const { sources } = await origin.read(first, never);
  assert.deepEqual(
    sources.map(({ file, text }) => [file, text]),
    [
      ['a.yaml', 'a: 1\n'],
      ['deep/b.yml', 'b: 1\n'],
    ],
  );
  assert.equal((await origin.fetch(first.id, never)).id, first.id);
  await put('prod/a.yaml', 'a: 2\n');
  assert.notEqual((await origin.fetch(first.id, never)).id, first.id);
  const none = bucketOrigin('s3://none/', s3Reader({ ...settings, bucket: 'none' }));
  await assert.rejects(none.fetch(undefined, never), { code: 'VRS7013', retryable: true });
});
