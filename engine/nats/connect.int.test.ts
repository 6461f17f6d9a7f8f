import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { withServer } from '../devserver/test-server.ts';
import { connectBroker } from './connect.ts';

test('a server that is not there is an error with what to do', async () => {
  const connecting = connectBroker({ servers: ['nats://127.0.0.1:1'], name: 'test' });
  await assert.rejects(
    connecting,
    (error: Error & { code?: string; help?: string }) =>
      error.code === 'VRS8001' && /127\.0\.0\.1:1/.test(error.message) && error.help !== undefined,
  );
});

test('a server that is too old is refused by name and version', async (t) => {
  const server = createServer((socket) => {
    socket.write(
      'INFO {"server_id":"X","server_name":"grandpa","version":"2.9.10","headers":true,"max_payload":1048576,"proto":1}\r\n',
    );
    socket.on('data', (data) => {
      if (/PING/.test(data.toString())) socket.write('PONG\r\n');
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { readonly port: number };
  await assert.rejects(connectBroker({ servers: [`nats://127.0.0.1:${port}`], name: 'test' }), {
    code: 'VRS8002',
    message: /grandpa.*2\.9\.10.*2\.14/,
  });
});

test('wrong credentials are refused', async (t) => {
  const server = await withServer(t, { config: 'authorization { user: a, password: b }' });
  await assert.rejects(connectBroker({ servers: [server.url], name: 'test' }), { code: 'VRS8001' });
});
