import * as openid from 'openid-client';
import type { RelyingParty } from '../shared/relying-party.ts';
import type { Session } from '../shared/sessions.ts';

export interface ErpAddress {
  /** No trailing slash. */
  readonly url: string;
  /** The ERP's API as the hub names it. */
  readonly audience: string;
}

export interface Shipment {
  readonly id: string;
  readonly order: string;
  readonly sentOn: string;
  readonly carrier: string;
  readonly state: string;
}
export interface PromiseDate {
  readonly order: string;
  readonly item: string;
  readonly promisedFor: string;
}
export interface Invoice {
  readonly id: string;
  readonly order: string;
  readonly dueOn: string;
  readonly amount: number;
  readonly currency: string;
  readonly state: string;
}
export interface Balance {
  readonly open: number;
  readonly currency: string;
}

/** What the ERP answered: the data, or in plain words why there is none. */
export type Seen<T> = { readonly data: T } | { readonly why: string };

export interface ErpView {
  readonly shipments: Seen<readonly Shipment[]>;
  readonly promiseDates: Seen<readonly PromiseDate[]>;
  readonly invoices: Seen<readonly Invoice[]>;
  readonly balance: Seen<Balance>;
}

/** The ERP's API, read in the person's name: each look is a token exchange of its own, so rights are never older than the page. */
export class ErpClient {
  readonly #party: RelyingParty;
  readonly #erp: ErpAddress;

  constructor(party: RelyingParty, erp: ErpAddress) {
    this.#party = party;
    this.#erp = erp;
  }

  /** What the ERP shows this person of a customer. Never throws: a part that fails says so in its place. */
  async customer(session: Session, number: string): Promise<ErpView> {
    let token: string;
    try {
      token = await this.#party.exchange(session, this.#erp.audience);
    } catch (error) {
      const nothing = { why: refusal(error) };
      return { shipments: nothing, promiseDates: nothing, invoices: nothing, balance: nothing };
    }
    const path = `/api/customers/${encodeURIComponent(number)}`;
    const [shipments, promiseDates, invoices, balance] = await Promise.all([
      this.#get<readonly Shipment[]>(token, `${path}/shipments`, 'items'),
      this.#get<readonly PromiseDate[]>(token, `${path}/promise-dates`, 'items'),
      this.#get<readonly Invoice[]>(token, `${path}/invoices`, 'items'),
      this.#get<Balance>(token, `${path}/balance`, 'balance'),
    ]);
    return { shipments, promiseDates, invoices, balance };
  }

  async #get<T>(token: string, path: string, key: string): Promise<Seen<T>> {
    try {
      const answer = await fetch(`${this.#erp.url}${path}`, {
        headers: { Authorization: `Bearer ${token}` },
        redirect: 'error',
        signal: AbortSignal.timeout(5000),
      });
      const body = (await answer.json()) as Record<string, unknown>;
      if (answer.ok) return { data: body[key] as T };
      if (answer.status === 403) return { why: `your rights in the ERP do not include ${String(body.permission)}` };
      return { why: `the ERP answered ${answer.status}` };
    } catch {
      return { why: 'the ERP does not answer at the moment' };
    }
  }
}

function refusal(error: unknown): string {
  if (!(error instanceof openid.ResponseBodyError)) return 'the hub does not answer at the moment';
  if (error.error === 'invalid_grant') return 'your sign-in has ended; sign in again';
  return 'you have no rights in the ERP that the CRM may use for you';
}
