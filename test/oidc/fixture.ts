import * as client from 'openid-client';
import type { SystemInput } from '#settings/system.ts';
import { Browser } from '#test/support/browser.ts';
import { type HubOptions, passphrase, startHub, type TestHub } from '#test/support/hub.ts';

/** Where the test's systems would receive codes; nobody listens there. */
export const callback = 'http://localhost:4998/callback';

const crm = {
  id: 'crm',
  title: 'Customer desk',
  side: 'crm',
  redirectUris: [callback, `${callback}?fixed=1`],
  postLogoutRedirectUris: ['http://localhost:4998/bye'],
  clientSecret: 'crm-secret-of-the-test',
  api: { audience: 'urn:crm' },
  idTokenAlg: 'ES256',
} satisfies Partial<SystemInput>;
const erp = {
  id: 'erp',
  title: 'Back office',
  side: 'erp',
  redirectUris: [callback],
  auth: 'client_secret_post',
  clientSecret: 'erp-secret-of-the-test',
  api: { audience: 'urn:erp' },
} satisfies Partial<SystemInput>;
const spa = {
  id: 'spa',
  title: 'App',
  side: 'crm',
  redirectUris: [callback],
  auth: 'none',
  open: true,
} satisfies Partial<SystemInput>;
const partner = {
  id: 'partner',
  title: 'Partner portal',
  side: 'other',
  redirectUris: [callback],
  clientSecret: 'partner-secret',
  open: true,
} satisfies Partial<SystemInput>;
const machine = {
  id: 'robot',
  title: 'Robot',
  side: 'other',
  clientSecret: 'robot-secret',
  machine: { scopes: ['hub:read', 'hub:admin'] },
} satisfies Partial<SystemInput>;

/** The systems that most tests share. */
export const systems = [crm, erp, spa, partner, machine];

export const policy = `
version: 1
domains:
  customer: { title: Customers, sides: [crm, erp], actions: [read, write] }
  invoice: { title: Invoices, sides: [erp], actions: [read] }
  shipment: { title: Shipments, sides: [erp], actions: [read, write] }
roles:
  sales:
    title: Sales
    grants: { crm: [customer:read, customer:write], erp: [shipment:read, shipment:write, invoice:read] }
  clerk:
    title: Clerk
    grants: { crm: [customer:read] }
  packer:
    title: Packer
    grants: { crm: [customer:read], erp: [shipment:write] }
assign:
  - { role: sales, when: { department: Sales } }
  - { role: clerk, when: { department: Office } }
  - { role: packer, when: { department: Warehouse } }
delegations:
  - { from: crm, to: erp, permissions: [shipment:read, invoice:read] }
`;

export type Context = Parameters<typeof startHub>[0];

export function aHub(t: Context, options: HubOptions = {}): Promise<TestHub> {
  return startHub(t, {
    policy,
    people: [
      { email: 'ada@example.com', name: 'Ada Sales', department: 'Sales' },
      { email: 'otto@example.com', name: 'Otto Office', department: 'Office' },
      { email: 'pia@example.com', name: 'Pia Packer', department: 'Warehouse' },
      { email: 'nora@example.com', name: 'Nora Nobody', department: 'Garden' },
    ],
    ...options,
    systems: [...systems, ...(options.systems ?? [])],
  });
}

const insecure = { execute: [client.allowInsecureRequests] };

export async function relyingParty(
  hub: Pick<TestHub, 'issuer'>,
  id: string,
  how: client.ClientAuth,
  metadata: Partial<client.ClientMetadata> = {},
): Promise<client.Configuration> {
  return client.discovery(new URL(hub.issuer), id, metadata, how, insecure);
}

/** The CRM as a relying party: HTTP Basic. */
export function asCrm(hub: Pick<TestHub, 'issuer'>): Promise<client.Configuration> {
  return relyingParty(hub, 'crm', client.ClientSecretBasic(crm.clientSecret), {
    id_token_signed_response_alg: 'ES256',
  });
}

export function asErp(hub: Pick<TestHub, 'issuer'>): Promise<client.Configuration> {
  return relyingParty(hub, 'erp', client.ClientSecretPost(erp.clientSecret));
}

export function asSpa(hub: Pick<TestHub, 'issuer'>): Promise<client.Configuration> {
  return relyingParty(hub, 'spa', client.None());
}

export interface Asked {
  readonly url: URL;
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
}

export async function ask(config: client.Configuration, params: Record<string, string> = {}): Promise<Asked> {
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid profile email roles',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...params,
  });
  return { url, verifier, state, nonce };
}

/** Fills in the sign-in form that this address leads to. @returns the answer that leaves the hub, or its last page. */
export async function signInAt(browser: Browser, url: string, email: string): Promise<string | undefined> {
  const page = await browser.follow(url);
  const posted = await browser.post(page.url, { identifier: email, password: passphrase });
  if (posted.location === undefined) throw new Error(`the sign-in was refused: ${posted.status} ${posted.text}`);
  const after = await browser.follow(new URL(posted.location, page.url).href);
  return after.location ?? after.url;
}

export interface Entered {
  readonly browser: Browser;
  readonly asked: Asked;
  /** The address that the system is called back at. */
  readonly answer: URL;
}

/** Asks for a code; signs in on the way when an e-mail is given, else relies on the browser's session. */
export async function enter(
  config: client.Configuration,
  options: { browser?: Browser; email?: string; params?: Record<string, string> } = {},
): Promise<Entered> {
  const browser = options.browser ?? new Browser();
  const asked = await ask(config, options.params);
  const answer =
    options.email === undefined
      ? (await browser.follow(asked.url.href)).location
      : await signInAt(browser, asked.url.href, options.email);
  return { browser, asked, answer: new URL(answer ?? 'about:blank') };
}

export async function redeem(
  config: client.Configuration,
  { asked, answer }: Entered,
  params: Record<string, string> = {},
  options: client.DPoPOptions = {},
) {
  return client.authorizationCodeGrant(
    config,
    answer,
    { pkceCodeVerifier: asked.verifier, expectedState: asked.state, expectedNonce: asked.nonce },
    params,
    options,
  );
}
