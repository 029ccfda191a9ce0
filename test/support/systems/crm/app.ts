import type { Express } from 'express';
import { systemApp } from '../shared/app.ts';
import type { Face } from '../shared/page.ts';
import { sendPage } from '../shared/page.ts';
import { RelyingParty, type SystemConfig } from '../shared/relying-party.ts';
import { mayDo } from '../shared/rights.ts';
import type { Sessions } from '../shared/sessions.ts';
import { signOn } from '../shared/sign-on.ts';
import { customers, opportunities } from './data.ts';
import { type ErpAddress, ErpClient } from './erp-client.ts';
import { customerList, customerPage, opportunityList } from './pages.ts';

const face: Face = {
  title: 'Customer desk',
  side: 'crm',
  nav: [
    { href: '/', text: 'Customers' },
    { href: '/opportunities', text: 'Opportunities' },
  ],
};

/** The sample CRM. `erp` is what an administrator told it of the system next door. */
export function createCrm(config: SystemConfig & { readonly erp: ErpAddress }): { app: Express; sessions: Sessions } {
  const party = new RelyingParty(config);
  const { router, sessions, signedIn } = signOn(party, face);
  const erp = new ErpClient(party, config.erp);

  const app = systemApp(config, face, (app) => {
    app.use(router);
    app.get(
      '/',
      signedIn((_req, res, session) => {
        if (!mayDo(res, face, session, 'customer:read')) return;
        sendPage(res, face, { title: 'Customers', session, body: customerList(customers) });
      }),
    );
    app.get(
      '/opportunities',
      signedIn((_req, res, session) => {
        if (!mayDo(res, face, session, 'opportunity:read')) return;
        sendPage(res, face, { title: 'Opportunities', session, body: opportunityList(opportunities, customers) });
      }),
    );
    app.get(
      '/customers/:number',
      signedIn(async (req, res, session, next) => {
        if (!mayDo(res, face, session, 'customer:read')) return;
        const customer = customers.find(({ number }) => number === req.params.number);
        if (customer === undefined) return next();
        const own = session.profile.permissions.includes('opportunity:read')
          ? opportunities.filter((one) => one.customer === customer.number)
          : undefined;
        const view = await erp.customer(session, customer.number);
        const body = customerPage(customer, own, view, (path) => openErp(config.issuer, path));
        sendPage(res, face, { title: customer.name, session, body });
      }),
    );
  });
  return { app, sessions };
}

/** The hub's address that leads this person into the ERP and records that they came from here. */
function openErp(issuer: string, path: string): string {
  return `${issuer}/open/erp?${new URLSearchParams({ from: 'crm', path })}`;
}
