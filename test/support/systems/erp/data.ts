/** What the sample ERP knows. Customers have the CRM's numbers; dates lie around the day the ERP was started. */
export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly customerName: string;
  readonly item: string;
  readonly quantity: number;
  readonly amount: number;
  readonly currency: string;
  readonly state: 'open' | 'in production' | 'sent' | 'closed';
  readonly promisedFor: string;
}
export interface Shipment {
  readonly id: string;
  readonly customer: string;
  readonly order: string;
  readonly sentOn: string;
  readonly carrier: string;
  readonly state: 'under way' | 'delivered';
}
export interface Invoice {
  readonly id: string;
  readonly customer: string;
  readonly order: string;
  readonly dueOn: string;
  readonly amount: number;
  readonly currency: string;
  readonly state: 'open' | 'overdue' | 'paid';
}

export interface ErpData {
  readonly orders: readonly Order[];
  readonly shipments: readonly Shipment[];
  readonly invoices: readonly Invoice[];
  readonly currencies: ReadonlyMap<string, string>;
}

const customers: readonly (readonly [string, string, string])[] = [
  ['C-1001', 'Nowa Huta Tools', 'EUR'],
  ['C-1002', '宏达贸易', 'CNY'],
  ['C-1003', 'Pennine Water Services', 'GBP'],
  ['C-1004', 'Great Lakes Irrigation', 'USD'],
  ['C-1005', 'Zakłady Chemiczne Wisła', 'EUR'],
  ['C-1006', '海联水务', 'CNY'],
  ['C-1007', 'O’Donnell & Sons Brewing', 'GBP'],
  ['C-1008', 'Mesa Verde Mining', 'USD'],
  ['C-1009', 'Gdynia Shipyard Supplies', 'EUR'],
  ['C-1010', '永安農業', 'USD'],
  ['C-1011', 'Highland Distillers', 'GBP'],
  ['C-1012', 'Bayou Drainage Authority', 'USD'],
];
const items = [
  'BW-40 coolant pump',
  'BW-110 booster',
  'DX-3 dosing pump',
  'SL-900 slurry pump',
  'Seal kit 40',
  'Impeller 110',
];
const carriers = ['Baltic Freight', '顺达物流', 'Northern Parcel', 'Erie Trucking'];
const states = ['closed', 'sent', 'in production', 'open'] as const;

/** Three orders per customer, older ones sent and invoiced. The same every time but for the dates. */
export function erpData(today: Date = new Date()): ErpData {
  const day = (offset: number): string => new Date(today.getTime() + offset * 86_400_000).toISOString().slice(0, 10);
  const orders: Order[] = [];
  const shipments: Shipment[] = [];
  const invoices: Invoice[] = [];
  customers.forEach(([customer, customerName, currency], at) => {
    for (let turn = 0; turn < 3; turn += 1) {
      const serial = 5001 + at * 3 + turn;
      const state = states[(at + turn) % states.length] ?? 'open';
      const order = `O-${serial}`;
      const item = items[(at * 2 + turn) % items.length] ?? '';
      const quantity = 2 + ((at * 7 + turn * 5) % 18);
      const amount = quantity * (340 + ((at * 131 + turn * 57) % 900));
      const promisedFor = day(10 * turn - 12 + at);
      orders.push({ id: order, customer, customerName, item, quantity, amount, currency, state, promisedFor });
      if (state !== 'closed' && state !== 'sent') continue;
      const carrier = carriers[(at + turn) % carriers.length] ?? '';
      const sentOn = day(-20 + turn * 6);
      const delivered = state === 'closed' ? 'delivered' : 'under way';
      shipments.push({ id: `S-${serial}`, customer, order, sentOn, carrier, state: delivered });
      const dueOn = day(state === 'closed' ? -30 + turn : -4 + at);
      const paid = state === 'closed' ? 'paid' : dueOn < day(0) ? 'overdue' : 'open';
      invoices.push({ id: `I-${serial}`, customer, order, dueOn, amount, currency, state: paid });
    }
  });
  return {
    orders,
    shipments,
    invoices,
    currencies: new Map(customers.map(([number, , currency]) => [number, currency])),
  };
}

export function balanceOf(data: ErpData, customer: string): { open: number; currency: string } | undefined {
  const currency = data.currencies.get(customer);
  if (currency === undefined) return undefined;
  const owed = data.invoices.filter((invoice) => invoice.customer === customer && invoice.state !== 'paid');
  return { open: owed.reduce((sum, { amount }) => sum + amount, 0), currency };
}
