// The example flows over documents from the real world, end to end; results are held against values read by other means.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse as parseCsv } from 'csv-parse/sync';
import { XMLParser } from 'fast-xml-parser';
import { deploy } from '../bin/cli/deploy.ts';
import { openSession, type Session } from '../bin/cli/dev-session.ts';
import { loadFlows } from '../bin/cli/manifests.ts';
import { postSigned } from '../bin/demo/feed.ts';
import { type Peers, startPeers } from '../bin/demo/peers.ts';
import { testPort } from '../engine/devserver/test-port.ts';

const flows = import.meta.dirname;
const shared = path.resolve(flows, '../../shared/data');
const secret = 'it-is-a-secret';

let directory: string;
let peers: Peers;
let session: Session;
let hook: string;

before(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vrsky-flows-'));
  peers = await startPeers(path.join(flows, 'samples'), 0);
  const port = await testPort();
  hook = `http://127.0.0.1:${port}/hooks/github`;
  Object.assign(process.env, {
    NORWAY_URL: peers.url,
    CHAT_URL: peers.url,
    PRICES_URL: peers.url,
    GITHUB_HOOK_PORT: String(port),
    INVOICE_INBOX: path.join(directory, 'invoices'),
    COUNTRY_INBOX: path.join(directory, 'countries'),
    VRSKY_SECRET_GITHUB_WEBHOOK_SECRET: secret,
  });
  session = await openSession({
    dataDirectory: path.join(directory, 'nats'),
    payloadsDirectory: path.join(directory, 'payloads'),
    announce: false,
    workingDirectory: directory,
    graceMs: 5_000,
    log: () => undefined,
  });
  await deploy(
    await loadFlows([flows]),
    { tenant: 'default', owner: 'cli' },
    session.connected,
    () => undefined,
  );
  await session.startWorker();
});

after(async () => {
  await session.stop();
  await peers.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
});

async function eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (const giveUpAt = Date.now() + 120_000; Date.now() < giveUpAt; await sleep(10)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`waited in vain for ${what}`);
}

async function dropIn(file: string, inbox: string): Promise<void> {
  await mkdir(inbox, { recursive: true });
  await copyFile(file, path.join(inbox, '.incoming.part'));
  await rename(path.join(inbox, '.incoming.part'), path.join(inbox, path.basename(file)));
}

function stats(flow: string) {
  return session.worker.report().flows.find((one) => one.flow === flow);
}

interface UblElement {
  readonly [name: string]: string | UblElement | readonly UblElement[];
}

/** A value of the document as a second XML parser reads it. */
function second(document: UblElement, ...names: readonly string[]): string {
  const found = names.reduce<unknown>(
    (element, name) => (element as UblElement | undefined)?.[name],
    document,
  );
  return typeof found === 'object' && found !== null ? String((found as UblElement)['#text']) : String(found);
}

const documents = [
  ['base-example.xml', 'SE'],
  ['Allowance-example.xml', 'SE'],
  ['base-creditnote-correction.xml', 'SE'],
  ['Norwegian-example-1.xml', 'NO'],
] as const;

suite('Peppol documents through the invoices flow', () => {
  for (const [name, country] of documents) {
    test(`${name} arrives field by field`, async (t) => {
      const file = path.join(shared, 'peppol', name);
      if (!existsSync(file))
        return t.skip(`${file} not found: the shared documents are not beside this clone`);
      const ended = endedOf('invoices');
      await dropIn(file, path.join(directory, 'invoices'));
      await eventually('the end of the document', () => (endedOf('invoices') > ended ? true : undefined));

      const xml = new XMLParser({
        ignoreAttributes: false,
        removeNSPrefix: true,
        parseTagValue: false,
      }).parse(await readFile(file, 'utf8')) as Record<string, UblElement>;
      const document = (xml.Invoice ?? xml.CreditNote) as UblElement;
      const total = Number(second(document, 'LegalMonetaryTotal', 'PayableAmount'));
      if (total < 100)
        return assert.equal(stats('invoices')?.filtered, 1, 'worth less than 100: filtered on purpose');

      const id = second(document, 'ID');
      const result = (
        country === 'NO'
          ? peers.invoices.get(id)
          : JSON.parse(await readFile(path.join(directory, 'out/invoices', country, `${id}.json`), 'utf8'))
      ) as Record<string, unknown>;
      const lines = [document.InvoiceLine ?? document.CreditNoteLine].flat() as readonly UblElement[];
      assert.deepEqual(result, {
        kind: xml.Invoice === undefined ? 'credit note' : 'invoice',
        id,
        issued: second(document, 'IssueDate'),
        seller: second(document, 'AccountingSupplierParty', 'Party', 'PartyName', 'Name'),
        country,
        currency: second(document, 'DocumentCurrencyCode'),
        total,
        lines: lines.map((line) => ({
          item: second(line, 'Item', 'Name'),
          quantity: Number(second(line, xml.Invoice === undefined ? 'CreditedQuantity' : 'InvoicedQuantity')),
          amount: Number(second(line, 'LineExtensionAmount')),
        })),
      });
    });
  }
});

/** Messages of a flow that came to an end here. */
function endedOf(flow: string): number {
  const found = stats(flow);
  if (found === undefined) return 0;
  return (
    found.filtered +
    found.deadLettered +
    Object.values(found.delivered).reduce((sum, count) => sum + count, 0)
  );
}

test('every row of the ISO country list arrives, field by field', async (t) => {
  const file = path.join(shared, 'country-codes.csv');
  if (!existsSync(file)) return t.skip(`${file} not found: the shared documents are not beside this clone`);
  const rows = parseCsv(await readFile(file), { columns: true, bom: true }) as readonly Record<
    string,
    string
  >[];
  await dropIn(file, path.join(directory, 'countries'));
  await eventually('every row', () => (endedOf('countries') >= rows.length ? true : undefined));
  const written = (await readFile(path.join(directory, 'out/countries/countries.ndjson'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const expected = rows.map((row) => ({
    code: row['ISO3166-1-Alpha-2'],
    name: row['CLDR display name'],
    currency:
      row['ISO4217-currency_alphabetic_code'] === ''
        ? []
        : row['ISO4217-currency_alphabetic_code']?.split(','),
    continent: row.Continent,
  }));
  const byName = (a: Record<string, unknown>, b: Record<string, unknown>) =>
    String(a.name) + String(a.code) < String(b.name) + String(b.code) ? -1 : 1;
  assert.deepEqual(written.toSorted(byName), expected.toSorted(byName));
});

interface GithubExample {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

interface GithubPayload {
  readonly action?: string;
  readonly repository?: { readonly full_name?: string };
  readonly organization?: { readonly login?: string };
  readonly sender?: { readonly login?: string };
}

test("all of GitHub's own example payloads become chat messages", async () => {
  const events = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
    readonly default?: readonly GithubExample[];
  } & readonly GithubExample[];
  const examples = (events.default ?? events).flatMap(({ name, examples: payloads }) =>
    payloads.map((payload) => ({ name, payload: payload as GithubPayload })),
  );
  assert.ok(examples.length > 100);
  const expected = examples.map(({ name, payload }) => {
    const where = payload.repository?.full_name ?? payload.organization?.login ?? 'GitHub';
    const who = payload.sender?.login === undefined ? '' : `${payload.sender.login} `;
    return `[${where}] ${who}${name}${payload.action === undefined ? '' : ` ${payload.action}`}`;
  });
  await eventually('the webhook', async () =>
    (await fetch(hook).catch(() => undefined)) === undefined ? undefined : true,
  );
  const earlier = peers.chat.length;
  for (const { name, payload } of examples) {
    assert.equal(await postSigned(Buffer.from(JSON.stringify(payload)), name, hook, secret), 202, name);
  }
  await eventually('every chat message', () =>
    peers.chat.length - earlier >= examples.length ? true : undefined,
  );
  assert.deepEqual(peers.chat.slice(earlier).toSorted(), expected.toSorted());
});

test('a webhook with a wrong signature is refused and comes to nothing', async () => {
  const before = stats('github-to-chat')?.accepted;
  assert.equal(await postSigned(Buffer.from('{}'), 'ping', hook, 'another secret'), 401);
  assert.equal(stats('github-to-chat')?.accepted, before);
});

test('of a price list only what changed is written', async () => {
  const prices = path.join(directory, 'out/prices');
  const floorLamp = () =>
    readFile(path.join(prices, 'floor-lamp.json'), 'utf8').then(JSON.parse, () => undefined);
  await eventually('the first prices', floorLamp);
  await eventually('three prices', () => (endedOf('price-watch') === 3 ? true : undefined));
  await rm(path.join(prices, 'desk-lamp.json'));
  peers.changePrices();
  await eventually('the new price', async () => ((await floorLamp())?.price === 139 ? true : undefined));
  assert.equal(
    existsSync(path.join(prices, 'desk-lamp.json')),
    false,
    'an unchanged price was written again',
  );
  await writeFile(path.join(prices, 'done'), '');
});
