import type { Express } from 'express';
import { systemApp } from '../shared/app.ts';
import type { Html } from '../shared/html.ts';
import { type Face, sendPage } from '../shared/page.ts';
import { RelyingParty, type SystemConfig } from '../shared/relying-party.ts';
import { mayDo } from '../shared/rights.ts';
import type { Sessions } from '../shared/sessions.ts';
import { signOn } from '../shared/sign-on.ts';
import { erpApi } from './api.ts';
import { type ErpData, erpData } from './data.ts';
import { invoiceList, orderList, orderPage, shipmentList, start } from './pages.ts';

const face: Face = {
  title: 'Back office',
  side: 'erp',
  nav: [
    { href: '/orders', text: 'Orders' },
    { href: '/shipments', text: 'Shipments' },
    { href: '/invoices', text: 'Invoices' },
  ],
};

const lists: readonly { path: string; title: string; permission: string; body: (data: ErpData) => Html }[] = [
  { path: '/orders', title: 'Orders', permission: 'order:read', body: ({ orders }) => orderList(orders) },
  { path: '/shipments', title: 'Shipments', permission: 'shipment:read', body: (data) => shipmentList(data.shipments) },
  { path: '/invoices', title: 'Invoices', permission: 'invoice:read', body: (data) => invoiceList(data.invoices) },
];

/** The sample ERP. `audience` is the name under which tokens for its API are issued. */
export function createErp(config: SystemConfig & { readonly audience: string }): { app: Express; sessions: Sessions } {
  const party = new RelyingParty(config);
  const { router, sessions, signedIn } = signOn(party, face);
  const data = erpData();

  const app = systemApp(config, face, (app) => {
    app.use('/api', erpApi(party, config.audience, data));
    app.use(router);
    app.get(
      '/',
      signedIn((_req, res, session) => {
        sendPage(res, face, { title: 'What you may do here', session, body: start(session) });
      }),
    );
    for (const { path, title, permission, body } of lists) {
      app.get(
        path,
        signedIn((_req, res, session) => {
          if (mayDo(res, face, session, permission)) sendPage(res, face, { title, session, body: body(data) });
        }),
      );
    }
    app.get(
      '/orders/:id',
      signedIn((req, res, session, next) => {
        if (!mayDo(res, face, session, 'order:read')) return;
        const order = data.orders.find(({ id }) => id === req.params.id);
        if (order === undefined) return next();
        const may = (permission: string): boolean => session.profile.permissions.includes(permission);
        sendPage(res, face, { title: `Order ${order.id}`, session, body: orderPage(order, data, may) });
      }),
    );
  });
  return { app, sessions };
}
