// The Google Cloud Storage store against fake-gcs-server.
import { after, before } from 'node:test';
import { type ChildServer, startChildServer } from '../child-server.ts';
import { storeContract } from '../store-contract.ts';
import { gcsStore } from './gcs-store.ts';

let server: ChildServer | undefined;

before(async () => {
  // GOBIN=~/.cache/vrsky/bin go install github.com/fsouza/fake-gcs-server@latest
  server = await startChildServer({
    binary: 'bin/fake-gcs-server',
    args: (port, folder) => [
      ...['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port)],
      ...['-backend', 'filesystem', '-filesystem-root', folder],
      ...['-external-url', `http://127.0.0.1:${port}`],
    ],
  });
});

after(() => server?.stop());

let buckets = 0;

storeContract('gcs', async (t) => {
  if (server === undefined) {
    t.skip('fake-gcs-server is not in ~/.cache/vrsky/bin');
    return undefined;
  }
  const { url: endpoint } = server;
  const bucket = `payloads-${++buckets}`;
  await fetch(`${endpoint}/storage/v1/b`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: bucket }),
  });
  const settings = { bucket, endpoint, project: 'test', prefix: 'vrsky/' };
  return {
    store: gcsStore(settings),
    broken: gcsStore({ ...settings, bucket: 'no-such-bucket' }),
    leftovers: async () => {
      const answer = await fetch(`${endpoint}/storage/v1/b/${bucket}/o`);
      const { items = [] } = (await answer.json()) as {
        readonly items?: readonly { readonly name: string }[];
      };
      return items.map(({ name }) => name);
    },
  };
});
