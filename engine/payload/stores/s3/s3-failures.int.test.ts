// What an S3 that fails does to payloads: nothing counts as stored that is not, nothing wrong is delivered, and all is well again by itself.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { createS3Bucket } from '../../../devserver/object-servers/s3-admin.ts';
import { type S3Server, startFauxS3 } from '../../../devserver/object-servers/s3-servers.ts';
import { storeContent, verifiedContent } from '../../store-content.ts';
import { bucketStore } from '../bucket-store.ts';
import { s3Bucket } from './s3-bucket.ts';

type Fault = (incoming: IncomingMessage, response: ServerResponse, pass: Pass) => void;
/** Hands the request on; `change` may alter or cut what comes back. */
type Pass = (change?: (body: Buffer) => Buffer) => void;

const signal = new AbortController().signal;
const expiresAt = 1_900_000_000_000;
const description = { store: 's3', flow: 'orders', contentType: 'text/plain', expiresAt };

let server: S3Server;
let fault: Fault | undefined;
const proxy = createServer((incoming, response) => {
  const pass = passer(incoming, response);
  if (fault === undefined) pass();
  else fault(incoming, response, pass);
});

before(async () => {
  server = await startFauxS3();
  await createS3Bucket(server, 'payloads');
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});

after(async () => {
  proxy.closeAllConnections();
  proxy.close();
  await server.stop();
});

function passer(incoming: IncomingMessage, response: ServerResponse): Pass {
  return (change) => {
    const { hostname, port } = new URL(server.settings.endpoint ?? '');
    const { method, url, headers } = incoming;
    const onward = request({ hostname, port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      if (change === undefined) answer.pipe(response);
      else
        void buffer(answer).then((body) => {
          const changed = change(body);
          // Less than was announced: the connection breaks off.
          response.write(changed, () =>
            changed.byteLength < body.byteLength ? response.destroy() : response.end(),
          );
        });
    });
    onward.once('error', () => response.destroy());
    incoming.pipe(onward);
  };
}

function openStore(bucket = 'payloads') {
  const { port } = proxy.address() as AddressInfo;
  return bucketStore(
    s3Bucket({ ...server.settings, endpoint: `http://127.0.0.1:${port}`, bucket }),
    'in-transit/',
  );
}

async function* content(megabytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let index = 0; index < megabytes; index++) yield await Promise.resolve(Buffer.alloc(1_000_000, index));
}

const answer =
  (status: number, code: string): Fault =>
  (incoming, response) => {
    incoming.resume();
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`);
  };

const isPart = ({ url = '' }: IncomingMessage) => url.includes('partNumber=2');

const faults: Readonly<Record<string, Fault>> = {
  'is down': (incoming) => void incoming.destroy(),
  'answers 500': answer(500, 'InternalError'),
  'asks to slow down': answer(503, 'SlowDown'),
  'refuses expired credentials': answer(400, 'ExpiredToken'),
  'refuses a key that was withdrawn': answer(403, 'InvalidAccessKeyId'),
  'has lost its bucket': answer(404, 'NoSuchBucket'),
  'breaks in the middle of an upload': (incoming, _response, pass) => {
    if (isPart(incoming)) incoming.destroy();
    else pass();
  },
  'fails when the upload is put together': (incoming, response, pass) => {
    const isEnd = incoming.method === 'POST' && (incoming.url ?? '').includes('uploadId=');
    if (isEnd) answer(500, 'InternalError')(incoming, response, pass);
    else pass();
  },
};

for (const [what, how] of Object.entries(faults))
  test(`a store that ${what} has stored nothing, and works again when it does`, async (t) => {
    t.after(() => {
      fault = undefined;
    });
    const store = openStore();
    fault = how;
    await assert.rejects(storeContent(store, description, content(12), signal), {
      code: 'VRS8503',
      retryable: true,
    });
    fault = undefined;
    const stored = await storeContent(store, description, content(12), signal);
    assert.equal((await buffer(verifiedContent(store, stored, signal))).byteLength, 12_000_000);
    const keys: string[] = [];
    for await (const { key } of store.list()) keys.push(key);
    assert.deepEqual(keys, [stored.key]);
    await store.delete(stored.key);
  });

test('a slow store is waited for', async (t) => {
  t.after(() => {
    fault = undefined;
  });
  let slowed = 0;
  fault = (_incoming, _response, pass) => {
    slowed++;
    setTimeout(pass, 300);
  };
  const store = openStore();
  const stored = await storeContent(store, description, content(12), signal);
  assert.equal((await buffer(verifiedContent(store, stored, signal))).byteLength, 12_000_000);
  assert.ok(slowed >= 5);
  await store.delete(stored.key);
});

test('whoever stops does not wait for a store that says nothing', async (t) => {
  t.after(() => {
    fault = undefined;
    proxy.closeAllConnections();
  });
  const stop = new AbortController();
  fault = () => stop.abort();
  await assert.rejects(storeContent(openStore(), description, content(1), stop.signal));
});

const readFaults: Readonly<
  Record<string, { readonly how: Fault; readonly code: string; readonly retryable: boolean }>
> = {
  'was cut off on its way': {
    how: (_incoming, _response, pass) => pass((body) => body.subarray(0, body.byteLength / 2)),
    code: 'VRS8503',
    retryable: true,
  },
  'is down': { how: (incoming) => void incoming.destroy(), code: 'VRS8503', retryable: true },
  'was altered': {
    how: (_incoming, _response, pass) => pass((body) => Buffer.from(body).fill('x', 100, 101)),
    code: 'VRS8502',
    retryable: false,
  },
  'was deleted': { how: answer(404, 'NoSuchKey'), code: 'VRS8501', retryable: false },
  'was locked away': { how: answer(403, 'AccessDenied'), code: 'VRS8503', retryable: true },
};

for (const [what, { how, code, retryable }] of Object.entries(readFaults))
  test(`an object that ${what} is never delivered as a whole`, async (t) => {
    t.after(() => {
      fault = undefined;
    });
    const store = openStore();
    const stored = await storeContent(store, description, content(3), signal);
    fault = how;
    let got = 0;
    const reading = async () => {
      for await (const chunk of verifiedContent(store, stored, signal)) got += chunk.byteLength;
    };
    await assert.rejects(reading(), { code, retryable });
    assert.ok(got < stored.size, 'the last part is held back');
    fault = undefined;
    assert.equal((await buffer(verifiedContent(store, stored, signal))).byteLength, 3_000_000);
    await store.delete(stored.key);
  });

test('an object that was replaced by a shorter one is never delivered as a whole', async () => {
  const store = openStore();
  const stored = await storeContent(store, description, content(3), signal);
  await store.put(stored.key, content(2), signal);
  await assert.rejects(buffer(verifiedContent(store, stored, signal)), { code: 'VRS8502' });
  await store.delete(stored.key);
});
