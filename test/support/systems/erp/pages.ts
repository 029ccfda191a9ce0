import { type Html, html } from '../shared/html.ts';
import { day, money, table } from '../shared/page.ts';
import type { Session } from '../shared/sessions.ts';
import type { ErpData, Invoice, Order, Shipment } from './data.ts';

/** The start page: what this person may do here, and the ways to it. */
export function start(session: Session): Html {
  return html`<p>You came in with the hub as <strong>${session.profile.login}</strong>. You may:</p>
<ul>${session.profile.permissions.map((permission) => html`<li>${permission}</li>`)}</ul>`;
}

export function orderList(orders: readonly Order[]): Html {
  return table(
    'Orders',
    [
      { head: 'Order', cell: ({ id }) => html`<a href="/orders/${id}">${id}</a>` },
      { head: 'Customer', cell: ({ customerName }) => customerName },
      { head: 'Item', cell: ({ item }) => item },
      { head: 'State', cell: ({ state }) => state },
      { head: 'Amount', cell: ({ amount, currency }) => money(amount, currency), number: true },
    ],
    orders,
  );
}

/** One order, with the shipments, date and invoices that the person may see. */
export function orderPage(order: Order, data: ErpData, may: (permission: string) => boolean): Html {
  const own = <T extends { readonly order: string }>(rows: readonly T[]): T[] =>
    rows.filter((row) => row.order === order.id);
  return html`
<dl class="card"><dt>Customer</dt><dd>${order.customerName} (${order.customer})</dd><dt>Item</dt><dd>${order.quantity} × ${order.item}</dd>
<dt>State</dt><dd>${order.state}</dd><dt>Amount</dt><dd>${money(order.amount, order.currency)}</dd>
${may('promise-date:read') && html`<dt>Promised for</dt><dd>${day(order.promisedFor)}</dd>`}</dl>
${may('shipment:read') && html`<h2>Shipments</h2>${shipmentList(own(data.shipments))}`}
${may('invoice:read') && html`<h2>Invoices</h2>${invoiceList(own(data.invoices))}`}`;
}

export function shipmentList(shipments: readonly Shipment[]): Html {
  return table(
    'Shipments',
    [
      { head: 'Shipment', cell: ({ id }) => id },
      { head: 'Order', cell: ({ order }) => order },
      { head: 'Sent', cell: ({ sentOn }) => day(sentOn) },
      { head: 'Carrier', cell: ({ carrier }) => carrier },
      { head: 'State', cell: ({ state }) => state },
    ],
    shipments,
  );
}

export function invoiceList(invoices: readonly Invoice[]): Html {
  return table(
    'Invoices',
    [
      { head: 'Invoice', cell: ({ id }) => id },
      { head: 'Order', cell: ({ order }) => order },
      { head: 'Due', cell: ({ dueOn }) => day(dueOn) },
      { head: 'State', cell: ({ state }) => state },
      { head: 'Amount', cell: ({ amount, currency }) => money(amount, currency), number: true },
    ],
    invoices,
  );
}
