import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { publishPolicy } from '#actions/policy/publish.ts';
import { createSystem } from '#actions/systems/create.ts';
import type { Origin } from '#domain/audit/event.ts';
import type { Clock } from '#platform/clock.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import { type BootedHub, bootHub, passphrase } from '#test/support/booted.ts';
import { type Answer, Browser } from '#test/support/browser.ts';
import { seriousFaults } from '#test/support/chromium.ts';

export const operator: Origin = { actor: { kind: 'operator' } };

/** Nobody listens there: tests look at where the browser is sent. */
export const callback = 'http://localhost:4998/callback';
export const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
export const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

const policy = `
version: 1
domains:
  customer: { title: Customers, sides: [crm, erp], actions: [read, write] }
  shipment: { title: Shipments, sides: [erp], actions: [read] }
roles:
  sales: { title: Sales representative, grants: { crm: [customer:read, customer:write], erp: [shipment:read] } }
  clerk: { title: Clerk, grants: { crm: [customer:read] } }
assign: []
delegations:
  - { from: crm, to: erp, permissions: [shipment:read] }
`;

const systems = [
  {
    id: 'crm',
    title: 'Customer desk',
    side: 'crm',
    clientSecret: 'crm-secret-of-the-test',
    api: { audience: 'urn:crm' },
  },
  {
    id: 'erp',
    title: 'Back office',
    side: 'erp',
    clientSecret: 'erp-secret-of-the-test',
    api: { audience: 'urn:erp' },
  },
  { id: 'wiki', title: 'Wiki <b>bold</b>', side: 'other', clientSecret: 'wiki-secret-of-the-test', open: true },
] as const;

type Context = Parameters<typeof bootHub>[0];

/** A whole hub with a CRM, an ERP and a third party. */
export async function pagesHub(
  t: Context,
  env: Readonly<Record<string, string>> = {},
  clock?: Clock,
): Promise<BootedHub> {
  const hub = await bootHub(t, { env, ...(clock === undefined ? {} : { clock }) });
  for (const system of systems) {
    const input = { ...system, redirectUris: [callback], launchUri: 'http://localhost:4998/login' };
    await createSystem(hub.services, operator, withDefaults(input as unknown as SystemInput));
  }
  await publishPolicy(hub.services, operator, { text: policy, reason: 'for the test' });
  return hub;
}

export function authorizeUrl(issuer: string, client: string, more: Readonly<Record<string, string>> = {}): string {
  return `${issuer}/authorize?${new URLSearchParams({
    client_id: client,
    response_type: 'code',
    scope: 'openid profile',
    redirect_uri: callback,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: 'xyz',
    ...more,
  })}`;
}

/** Signs in at the hub's own front page. @returns the browser, then on the launchpad's address */
export async function signedInBrowser(issuer: string, email: string): Promise<Browser> {
  const browser = new Browser();
  const form = await browser.follow(`${issuer}/`);
  const answer = await browser.post(form.url, { identifier: email, password: passphrase });
  if (answer.location === undefined) throw new Error(`sign-in answered ${answer.status}`);
  await browser.follow(new URL(answer.location, issuer).href);
  return browser;
}

/** The token hidden in the first form of a page. */
export function tokenIn(page: Answer): string {
  return /name="csrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
}

/** The same in Chromium. */
export async function signInPage(page: Page, hub: BootedHub, name: string): Promise<void> {
  await page.goto(`${hub.issuer}/`);
  await page.fill('#identifier', `${name}@example.com`);
  await page.fill('#password', passphrase);
  await page.click('button.main');
  await page.waitForURL(`${hub.issuer}/`);
}

/** Fails on serious faults of accessibility and on a page that scrolls sideways. */
export async function checkPage(page: Page, where: string): Promise<void> {
  assert.deepEqual(await seriousFaults(page), [], where);
  const sideways = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
  assert.equal(sideways, false, `${where} scrolls sideways`);
}
