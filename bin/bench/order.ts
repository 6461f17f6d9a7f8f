// The message that the benches send: an order of about 1 KiB as JSON.

/** The map of the benched flow, as an author writes it. */
export const mapExpression = `{
  "id": id,
  "at": at,
  "customer": customer.name,
  "country": customer.address.country,
  "total": $sum(lines.(price * quantity)),
  "lines": $count(lines)
}`;

/** Map and filter (nine of ten orders pass), delivered to a subject of a stream on `server`. */
export function mapFlow(name: string, server: string, subject: string): string {
  return `
apiVersion: vrsky.io/v1
kind: Flow
metadata: { name: ${name} }
spec:
  stream: dedicated
  limits: { maxMessages: 10000000, maxBytes: 1GiB }
  consumers:
    - { name: hook, type: http, port: 0, path: /in }
  steps:
    - name: first
      type: map
      expression: |
${mapExpression.replaceAll(/^/gm, '        ')}
    - name: worth-it
      type: filter
      rules: { field: total, gte: 100 }
  producers:
    - { name: out, type: nats, servers: "${server}", subject: ${subject}, jetstream: true }
`;
}

/** How many of the first `count` orders pass. */
export function passing(count: number): number {
  return count - Math.ceil(count / 10);
}

export interface Order {
  readonly id: number;
  /** Milliseconds: when it was due to be sent. */
  readonly at: number;
  readonly customer: { readonly name: string; readonly address: { readonly country: string } };
  readonly lines: readonly { readonly price: number; readonly quantity: number }[];
}

const filler = 'Delivered between eight and twelve; ring twice, the dog is kind. '.repeat(10);

/** Every tenth comes to less than 100. */
export function orderBytes(id: number, at = 0): Buffer {
  const price = id % 10 === 0 ? 10 : 25;
  return Buffer.from(
    `{"id":${id},"at":${at},"customer":{"name":"Ada Lovelace","email":"ada@example.com","address":{"street":"Dorset Street 1","city":"London","country":"GB"}},` +
      `"lines":[{"sku":"A-${id}","price":${price},"quantity":2,"text":"Punched cards, a box"},{"sku":"B-${id}","price":${price},"quantity":3,"text":"Gear wheel, brass"}],` +
      `"currency":"GBP","note":"${filler}","channel":"web","tags":["new","priority"]}`,
  );
}

/** What the flow does, written by hand. Undefined: filtered. */
export function transformByHand(order: Order): unknown {
  const total = order.lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  if (total < 100) return undefined;
  return {
    id: order.id,
    at: order.at,
    customer: order.customer.name,
    country: order.customer.address.country,
    total,
    lines: order.lines.length,
  };
}
