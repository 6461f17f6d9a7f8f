// The expressions that are measured, each with the JavaScript that a person would write for it.
import type { Line, Order } from './order.ts';

export interface BenchCase {
  readonly name: string;
  readonly expression: string;
  /** Must yield the same answer. */
  byHand(input: Order): unknown;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const orderCases: readonly BenchCase[] = [
  {
    name: 'field path',
    expression: 'customer.address.country',
    byHand: (input) => input.customer?.address?.country,
  },
  {
    name: 'path over an array',
    expression: 'items.sku',
    byHand: (input) => input.items.map((item) => item.sku),
  },
  {
    name: 'predicate',
    expression: 'items[price > 50].name',
    byHand: (input) => input.items.filter((item) => item.price > 50).map((item) => item.name),
  },
  {
    name: 'sum of products',
    expression: '$sum(items.(qty * price))',
    byHand: (input) => {
      let total = 0;
      for (const item of input.items) total += item.qty * item.price;
      return total;
    },
  },
  {
    name: 'condition',
    expression: 'customer.address.country = "NO" and $sum(items.(qty * price)) > 1000',
    byHand: (input) => {
      if (input.customer?.address?.country !== 'NO') return false;
      let total = 0;
      for (const item of input.items) total += item.qty * item.price;
      return total > 1000;
    },
  },
  {
    name: 'mapping of 5 fields',
    expression: `{
      "id": id,
      "customer": customer.name,
      "country": customer.address.country,
      "total": $sum(items.(qty * price)),
      "lines": items.{ "sku": sku, "amount": qty * price }
    }`,
    byHand: (input) => {
      let total = 0;
      for (const item of input.items) total += item.qty * item.price;
      return {
        id: input.id,
        customer: input.customer?.name,
        country: input.customer?.address?.country,
        total,
        lines: input.items.map((item) => ({ sku: item.sku, amount: item.qty * item.price })),
      };
    },
  },
  {
    name: 'string building',
    expression:
      'customer.name & " <" & customer.email & ">, " & customer.address.city & " (" & customer.address.country & ")"',
    byHand: ({ customer }) =>
      `${customer.name} <${customer.email}>, ${customer.address.city} (${customer.address.country})`,
  },
  {
    name: 'grouping',
    expression: 'items{category: $sum(qty)}',
    byHand: (input) => {
      const groups: Record<string, number> = {};
      for (const item of input.items) groups[item.category] = (groups[item.category] ?? 0) + item.qty;
      return groups;
    },
  },
  {
    name: 'sorting',
    expression: 'items^(>price).sku',
    byHand: (input) => input.items.toSorted((a, b) => b.price - a.price).map((item) => item.sku),
  },
  {
    name: 'higher-order functions',
    expression: '$map($filter(items, function($i) { $i.qty > 1 }), function($i) { $i.price * $i.qty })',
    byHand: (input) => input.items.filter((item) => item.qty > 1).map((item) => item.price * item.qty),
  },
  {
    name: 'reduce',
    expression: '$reduce(items.price, function($a, $b) { $a > $b ? $a : $b })',
    byHand: (input) => input.items.map((item) => item.price).reduce((a, b) => (a > b ? a : b)),
  },
  {
    name: 'date formatting',
    expression: '$fromMillis(createdAt, "[D1] [MNn] [Y0001], [H01]:[m01]")',
    byHand: (input) => {
      const date = new Date(input.createdAt);
      const pad = (value: number): string => String(value).padStart(2, '0');
      return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}`;
    },
  },
  {
    name: 'regular expression',
    expression: '$contains(id, /^ORD-[0-9]{4}-/)',
    byHand: (input) => /^ORD-[0-9]{4}-/.test(input.id),
  },
  {
    name: 'variables and a block',
    expression:
      '( $net := $sum(items.(qty * price)); $vat := $net * 0.25; { "net": $net, "vat": $vat, "gross": $net + $vat } )',
    byHand: (input) => {
      let net = 0;
      for (const item of input.items) net += item.qty * item.price;
      const vat = net * 0.25;
      return { net, vat, gross: net + vat };
    },
  },
  {
    name: 'functions on text',
    expression: '$uppercase($substringBefore(customer.email, "@")) & "-" & $join(tags, "+")',
    byHand: ({ customer, tags }) => {
      const at = customer.email.indexOf('@');
      return `${customer.email.slice(0, at).toUpperCase()}-${tags.join('+')}`;
    },
  },
  {
    name: 'optional parts',
    expression:
      '{ "phone": customer.phone ?? "none", "vip": "priority" in tags ? "yes" : "no", "first": items[0].sku }',
    byHand: (input) => {
      const { phone } = input.customer as { phone?: string };
      return {
        phone: phone ?? 'none',
        vip: input.tags.includes('priority') ? 'yes' : 'no',
        first: input.items[0]?.sku,
      };
    },
  },
];

export type { Line };
