import { type Request, Router } from 'express';
import type { RelyingParty } from '../shared/relying-party.ts';
import { apiGuard } from './access-token.ts';
import { balanceOf, type ErpData } from './data.ts';

/** The ERP's API, read-only: each endpoint asks for one permission in the access token. */
export function erpApi(party: RelyingParty, audience: string, data: ErpData): Router {
  const router = Router();
  const needs = apiGuard(party, audience);
  const of = <T extends { readonly customer: string }>(req: Request, rows: readonly T[]): { items: T[] } => {
    return { items: rows.filter((row) => row.customer === req.params.number) };
  };

  router.get('/orders', needs('order:read'), (_req, res) => {
    res.json({ items: data.orders });
  });
  router.get('/customers/:number/shipments', needs('shipment:read'), (req, res) => {
    res.json(of(req, data.shipments));
  });
  router.get('/customers/:number/promise-dates', needs('promise-date:read'), (req, res) => {
    const open = data.orders.filter(({ state }) => state === 'open' || state === 'in production');
    const dates = open.map(({ customer, id, item, promisedFor }) => ({ customer, order: id, item, promisedFor }));
    res.json(of(req, dates));
  });
  router.get('/customers/:number/invoices', needs('invoice:read'), (req, res) => {
    res.json(of(req, data.invoices));
  });
  router.get('/customers/:number/balance', needs('balance:read'), (req, res) => {
    const balance = balanceOf(data, String(req.params.number));
    res.status(balance === undefined ? 404 : 200).json(balance === undefined ? { error: 'not_found' } : { balance });
  });
  router.use((_req, res) => {
    res.status(404).json({ error: 'not_found' });
  });
  return router;
}
