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

/** The filter that follows: nine of ten orders pass. */
export const filterRules = '{ field: total, gte: 100 }';

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

const filler = 'Delivered between eight and twelve; ring twice, the dog is kind. '.repeat(8);

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
