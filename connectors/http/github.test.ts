// GitHub's own example payloads come in with a right signature and stay out with a wrong one.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { type ConsumerRun, runConsumer, within } from '../../engine/connector/conformance.ts';
import { connector } from './connector.ts';

interface Example {
  readonly name: string;
  readonly examples: readonly object[];
}

const secret = 'a secret shared with GitHub';
const file = createRequire(import.meta.url).resolve('@octokit/webhooks-examples');
const events: readonly Example[] = JSON.parse(readFileSync(file, 'utf8'));
const payloads = events.flatMap(({ name, examples }) =>
  examples.map((example) => ({ name, body: JSON.stringify(example) })),
);

let run: ConsumerRun;
let url: string;
before(async () => {
  const auth = { type: 'hmac', header: 'X-Hub-Signature-256', prefix: 'sha256=', secret } as const;
  run = runConsumer(connector, {
    path: '/github',
    port: 0,
    auth,
    id: 'X-GitHub-Delivery',
    contentTypes: ['application/json'],
  });
  url = String(
    (
      await within(
        run.context.logged(({ message }) => message.startsWith('listening')),
        'listening',
      )
    ).fields.url,
  );
});
after(() => run.stop());

function send(name: string, body: string, signature: string, delivery: string): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/044aadd',
    'x-github-event': name,
    'x-github-delivery': delivery,
    'x-hub-signature-256': signature,
  };
  return fetch(url, { method: 'POST', body, headers });
}

function sign(body: string, key = secret): string {
  return `sha256=${createHmac('sha256', key).update(body).digest('hex')}`;
}

test('every example payload is accepted as it is, with its event and delivery id', async () => {
  assert.ok(payloads.length > 200, `${payloads.length} payloads`);
  for (const [index, { name, body }] of payloads.entries()) {
    const response = send(name, body, sign(body), `delivery-${index}`);
    const delivery = await run.next();
    assert.equal(Buffer.from(delivery.payload.bytes()).toString(), body);
    assert.equal(delivery.id, `delivery-${index}`);
    assert.equal(delivery.headers?.['x-github-event'], name);
    assert.equal(delivery.headers?.['x-hub-signature-256'], undefined);
    await delivery.ack();
    assert.equal((await response).status, 202, name);
  }
});

test('forged ones are refused without a word on why', async () => {
  for (const { name, body } of payloads.slice(0, 20)) {
    const forged = [sign(body, 'another secret'), sign(`${body} `), sign(body).replace('sha256=', ''), ''];
    for (const signature of forged) {
      const response = await send(name, body, signature, 'forged');
      assert.equal(response.status, 401);
      assert.equal(response.headers.get('www-authenticate'), 'Signature');
      assert.deepEqual(await response.json(), { error: 'unauthorized' });
    }
  }
  assert.equal(run.offered, false);
});
