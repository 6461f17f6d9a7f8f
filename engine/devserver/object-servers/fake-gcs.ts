// fake-gcs-server, an emulator of Google Cloud Storage, for tests; in Go.
import { type ChildServer, startChildServer } from './child-server.ts';
import { goProgram, type Missing } from './fetched.ts';

export interface FakeGcs {
  readonly child: ChildServer;
  createBucket(name: string): Promise<void>;
}

export async function startFakeGcs(): Promise<FakeGcs | Missing> {
  const command = goProgram('fake-gcs-server', 'github.com/fsouza/fake-gcs-server@latest');
  if (typeof command !== 'string') return command;
  const child = await startChildServer({
    command,
    args: (port, folder) => [
      ...['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port)],
      ...['-backend', 'filesystem', '-filesystem-root', folder],
      ...['-external-url', `http://127.0.0.1:${port}`],
    ],
  });
  return {
    child,
    async createBucket(name) {
      await fetch(`${child.url}/storage/v1/b`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name }),
      });
    },
  };
}
