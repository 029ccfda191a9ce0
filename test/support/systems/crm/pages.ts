import { type Html, html, type Piece } from '../shared/html.ts';
import { day, money, table } from '../shared/page.ts';
import type { Customer, Opportunity } from './data.ts';
import type { ErpView, Seen } from './erp-client.ts';

export function customerList(customers: readonly Customer[]): Html {
  return table(
    'Customers',
    [
      { head: 'Customer', cell: ({ number, name }) => html`<a href="/customers/${number}">${name}</a>` },
      { head: 'Number', cell: ({ number }) => number },
      { head: 'Place', cell: ({ city, country }) => `${city}, ${country}` },
      { head: 'Trade', cell: ({ trade }) => trade },
      { head: 'Looked after by', cell: ({ owner }) => owner },
    ],
    customers,
  );
}

export function opportunityList(opportunities: readonly Opportunity[], customers: readonly Customer[]): Html {
  const names = new Map(customers.map(({ number, name }) => [number, name]));
  return table(
    'Opportunities',
    [
      { head: 'Opportunity', cell: ({ title }) => title },
      { head: 'Customer', cell: (one) => html`<a href="/customers/${one.customer}">${names.get(one.customer)}</a>` },
      ...opportunityColumns,
    ],
    opportunities,
  );
}

const opportunityColumns = [
  { head: 'Stage', cell: ({ stage }: Opportunity) => stage },
  { head: 'Amount', cell: ({ amount, currency }: Opportunity) => money(amount, currency), number: true },
] as const;

/** A customer with what the ERP knows of them. `erpLink` makes an address in the ERP out of a path there. */
export function customerPage(
  customer: Customer,
  opportunities: readonly Opportunity[] | undefined,
  erp: ErpView,
  erpLink: (path: string) => string,
): Html {
  const order = (id: string): Html => html`<a href="${erpLink(`/orders/${id}`)}">${id}</a>`;
  return html`
<dl class="card"><dt>Number</dt><dd>${customer.number}</dd><dt>Place</dt><dd>${customer.city}, ${customer.country}</dd>
<dt>Trade</dt><dd>${customer.trade}</dd><dt>Contact</dt><dd>${customer.contact}</dd><dt>Looked after by</dt><dd>${customer.owner}</dd></dl>
<h2>Opportunities</h2>
${
  opportunities === undefined
    ? why('Opportunities', 'your rights here do not include opportunity:read')
    : table(
        'Opportunities',
        [{ head: 'Opportunity', cell: ({ title }) => title }, ...opportunityColumns],
        opportunities,
      )
}
<p class="soft">What follows comes from the ERP, read in your name and shown only as far as your own rights there go.</p>
<h2>Shipments</h2>
${seen('Shipments', erp.shipments, (rows) =>
  table(
    'Shipments',
    [
      { head: 'Shipment', cell: ({ id }) => id },
      { head: 'Order', cell: (one) => order(one.order) },
      { head: 'Sent', cell: ({ sentOn }) => day(sentOn) },
      { head: 'Carrier', cell: ({ carrier }) => carrier },
      { head: 'State', cell: ({ state }) => state },
    ],
    rows,
  ),
)}
<h2>Promise dates</h2>
${seen('Promise dates', erp.promiseDates, (rows) =>
  table(
    'Promise dates',
    [
      { head: 'Order', cell: (one) => order(one.order) },
      { head: 'Item', cell: ({ item }) => item },
      { head: 'Promised for', cell: ({ promisedFor }) => day(promisedFor) },
    ],
    rows,
  ),
)}
<h2>Invoices</h2>
${seen('Invoices', erp.invoices, (rows) =>
  table(
    'Invoices',
    [
      { head: 'Invoice', cell: ({ id }) => id },
      { head: 'Order', cell: (one) => order(one.order) },
      { head: 'Due', cell: ({ dueOn }) => day(dueOn) },
      { head: 'State', cell: ({ state }) => state },
      { head: 'Amount', cell: ({ amount, currency }) => money(amount, currency), number: true },
    ],
    rows,
  ),
)}
<h2>Open balance</h2>
${seen('The open balance', erp.balance, ({ open, currency }) => html`<p class="card">${money(open, currency)}</p>`)}`;
}

function seen<T>(what: string, part: Seen<T>, show: (data: T) => Piece): Piece {
  return 'data' in part ? show(part.data) : why(what, part.why);
}

function why(what: string, reason: string): Html {
  return html`<p class="note">${what} cannot be shown: ${reason}.</p>`;
}
