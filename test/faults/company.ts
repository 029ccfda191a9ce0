import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as client from 'openid-client';
import { createPerson } from '#actions/people/create.ts';
import type { Services } from '#actions/services.ts';
import { createSystem } from '#actions/systems/create.ts';
import type { AuditEvent } from '#domain/audit/event.ts';
import { type Clock, systemClock } from '#platform/clock.ts';
import { createLog } from '#platform/log.ts';
import { loadSettings } from '#settings/load.ts';
import { createHub } from '#src/hub.ts';
import { asCrm, callback, enter, redeem } from '#test/oidc/fixture.ts';
import { freePort } from '#test/support/booted.ts';
import type { Browser } from '#test/support/browser.ts';
import { operator, passphrase, systemSettings } from '#test/support/hub.ts';

type Context = { after(end: () => Promise<void> | void): void };

export const email = 'ada@example.com';
/** Where a sign-out that the CRM asks for leads. */
export const goodbye = 'http://localhost:4998/bye';

interface Desk {
  readonly heard: string[];
  beforeAnswer(): void;
}

/** The hub as `npm start` puts it together, over a folder that outlives it, with a CRM that listens for logout tokens. */
export interface Company {
  readonly data: string;
  readonly issuer: string;
  readonly services: Services;
  /** Logout tokens that the CRM got. */
  readonly heard: string[];
  /** Lets something happen each time before the CRM answers a logout token. */
  readonly desk: Desk;
  /** Stops the hub and starts another over the same folder. */
  restart(between?: () => void): Promise<Company>;
  events(type: string): Promise<AuditEvent[]>;
}

export interface Circumstances {
  /** A folder of its own, which outlives the company; otherwise one that is thrown away. */
  readonly data?: string;
  readonly clock?: Clock;
  /** Where its state is; default the embedded store. */
  readonly store?: string;
}

export async function company(t: Context, circumstances: Circumstances = {}): Promise<Company> {
  const { data, clock = systemClock, store } = circumstances;
  const folder = data ?? mkdtempSync(join(tmpdir(), 'gatehouse-faults-'));
  t.after(() => {
    if (data === undefined) rmSync(folder, { recursive: true, force: true });
  });
  const desk: Desk = { heard: [], beforeAnswer: () => {} };
  const crm = createServer(async (req, res) => {
    const parts = await Array.fromAsync(req as AsyncIterable<Buffer>);
    desk.heard.push(new URLSearchParams(Buffer.concat(parts).toString()).get('logout_token') ?? '');
    desk.beforeAnswer();
    res.end();
  });
  await new Promise<void>((resolve) => crm.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    crm.closeAllConnections();
    crm.close();
  });
  const port = await freePort();
  const hub = await open(t, { data: folder, port, desk, clock, env: store === undefined ? {} : { HUB_STORE: store } });
  await createPerson(hub.services, operator, { email, name: 'Ada', password: passphrase });
  const system = systemSettings({
    id: 'crm',
    title: 'Customer desk',
    side: 'crm',
    redirectUris: [callback],
    postLogoutRedirectUris: [goodbye],
    clientSecret: 'crm-secret-of-the-test',
    backchannelLogoutUri: `http://localhost:${(crm.address() as AddressInfo).port}/backchannel`,
    idTokenAlg: 'ES256',
    open: true,
  });
  await createSystem(hub.services, operator, system);
  return hub;
}

interface Place {
  readonly data: string;
  readonly port: number;
  readonly desk: Desk;
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string>>;
}

async function open(t: Context, place: Place): Promise<Company> {
  const { data, port, desk, clock } = place;
  const issuer = `http://localhost:${port}`;
  const env = { HUB_DATA: data, HUB_PORT: String(port), HUB_ISSUER: issuer, ...place.env };
  const hub = await createHub(loadSettings({ env, cwd: data }), { clock, log: createLog({ level: 'silent' }) });
  const { close } = await hub.listen();
  let closed = false;
  const stop = async () => {
    if (!closed) await close();
    closed = true;
  };
  t.after(stop);
  return {
    data,
    issuer,
    services: hub.services,
    heard: desk.heard,
    desk,
    restart: async (between) => {
      await stop();
      between?.();
      return open(t, place);
    },
    events: (type) => Array.fromAsync(hub.services.store.audit.export({ type })),
  };
}

export interface SignedIn {
  readonly browser: Browser;
  readonly crm: client.Configuration;
  readonly tokens: Awaited<ReturnType<typeof redeem>>;
}

/** Ada signs in through the CRM, and the CRM redeems the code. */
export async function signIn({ issuer }: Pick<Company, 'issuer'>): Promise<SignedIn> {
  const crm = await asCrm({ issuer });
  const entered = await enter(crm, { email });
  return { browser: entered.browser, crm, tokens: await redeem(crm, entered) };
}

/** Signs out on the hub's own page. @returns the status and address of the answer to its form */
export async function signOut({ issuer }: Company, browser: Browser): Promise<{ status: number; location: unknown }> {
  const page = await browser.get(`${issuer}/sign-out`);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  const { status, location } = await browser.post(`${issuer}/sign-out`, { csrf });
  return { status, location };
}

export async function until(holds: () => boolean | Promise<boolean>, seconds = 5): Promise<void> {
  for (let tries = 0; tries < seconds * 20; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`it did not happen within ${seconds} s`);
}
