// The document that most benchmark expressions read: an order with a few lines.

export interface Line {
  readonly sku: string;
  readonly name: string;
  readonly qty: number;
  readonly price: number;
  readonly category: string;
}

export interface Order {
  readonly id: string;
  readonly createdAt: number;
  readonly customer: {
    readonly name: string;
    readonly email: string;
    readonly address: { readonly country: string; readonly city: string };
  };
  readonly items: readonly Line[];
  readonly tags: readonly string[];
}

export const order: Order = {
  id: 'ORD-2024-000123',
  createdAt: 1_719_820_800_000,
  customer: {
    name: 'Nordic Bikes AS',
    email: 'orders@nordic-bikes.example',
    address: { country: 'NO', city: 'Bergen' },
  },
  items: [
    { sku: 'BK-100', name: 'City bike', qty: 2, price: 499.5, category: 'bikes' },
    { sku: 'HL-7', name: 'Helmet', qty: 3, price: 79, category: 'safety' },
    { sku: 'LT-22', name: 'Front light', qty: 4, price: 24.9, category: 'safety' },
    { sku: 'BK-205', name: 'Cargo bike', qty: 1, price: 1899, category: 'bikes' },
    { sku: 'LK-3', name: 'Lock', qty: 2, price: 45, category: 'security' },
  ],
  tags: ['b2b', 'priority', 'nordic'],
};
