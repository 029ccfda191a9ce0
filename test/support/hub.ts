import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ensureKeys } from '#actions/keys/ensure.ts';
import { createPerson } from '#actions/people/create.ts';
import { publishPolicy } from '#actions/policy/publish.ts';
import type { Services } from '#actions/services.ts';
import { createSystem } from '#actions/systems/create.ts';
import type { AuditEvent, Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import { createComposer } from '#http/mail/compose.ts';
import { createViews } from '#http/render/views.ts';
import { createOidc, type Oidc } from '#oidc/oidc.ts';
import type { Clock } from '#platform/clock.ts';
import { type Provisioning, startProvisioning } from '#provisioning/provisioning.ts';
import type { SystemSettings } from '#settings/settings.ts';
import { type SystemInput, withDefaults } from '#settings/system.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import { signInWithPassword } from '#test/support/sign-in.ts';
import { inOrder } from './in-order.ts';
import { testServices } from './services.ts';

export const operator: Origin = { actor: { kind: 'operator' } };
export const passphrase = 'correct horse battery staple';

export interface HubOptions {
  readonly systems?: readonly Partial<SystemInput>[];
  readonly people?: readonly { email: string; name: string; department?: string }[];
  readonly policy?: string;
  readonly clock?: Clock;
  readonly env?: Readonly<Record<string, string>>;
  /** Provider modules beside the shipped ones. */
  readonly modules?: readonly SystemModule[];
}

export interface TestHub {
  readonly issuer: string;
  /** Where it listens, whatever the issuer is called. */
  readonly address: string;
  readonly services: Services;
  readonly oidc: Oidc;
  readonly provisioning: Provisioning;
  person(email: string): Stored<Person>;
  /** Every event so far, oldest first; `type` may be a prefix ending in a dot. */
  events(type?: string): Promise<AuditEvent[]>;
}

type Context = { after(end: () => Promise<void>): void };

/**
 * A hub on a free port with a store of its own: real HTTP, real SQLite, the protocol room and the outbox. Its sign-in page
 * is a form driver's: it takes `identifier` and `password` where the real page does.
 */
export async function startHub(t: Context, options: HubOptions = {}): Promise<TestHub> {
  let handle = (_req: IncomingMessage, res: ServerResponse): void => {
    res.writeHead(503).end();
  };
  const server = createServer((req, res) => handle(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://localhost:${(server.address() as AddressInfo).port}`;
  const services = await testServices(t, {
    env: { HUB_ISSUER: address, ...options.env },
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.modules === undefined ? {} : { modules: options.modules }),
  });
  await ensureKeys(services, operator);
  for (const system of options.systems ?? []) await createSystem(services, operator, systemSettings(system));
  if (options.policy !== undefined) {
    await publishPolicy(services, operator, { text: options.policy, reason: 'for the test' });
  }
  const people = new Map<string, Stored<Person>>();
  for (const person of options.people ?? []) {
    people.set(person.email, await createPerson(services, operator, { ...person, password: passphrase }));
  }
  const oidc = await createOidc(services);
  const provisioning = startProvisioning(services, createComposer(services, createViews()));
  handle = (req, res) => {
    const path = (req.url ?? '/').split('?', 1)[0] ?? '/';
    if (oidc.isOidcPath(path)) oidc.handle(req, res);
    else page(services, oidc, path, req, res).catch((error) => refuse(res, error));
  };
  t.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await provisioning.close();
  });
  return {
    issuer: services.settings.issuer,
    address,
    services,
    oidc,
    provisioning,
    person(email) {
      const found = people.get(email);
      if (found === undefined) throw new Error(`nobody has the e-mail ${email}`);
      return found;
    },
    async events(type) {
      const found = await Array.fromAsync(services.store.audit.export(type === undefined ? {} : { type }));
      return found.sort(inOrder);
    },
  };
}

export function systemSettings(system: Partial<SystemInput>): SystemSettings {
  return withDefaults({ title: system.id ?? '', side: 'other', ...system } as SystemInput);
}

/** The pages of the test's hub: as little as the flow needs. */
async function page(
  services: Services,
  oidc: Oidc,
  path: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const text = (status: number, body: string): void => {
    res.writeHead(status, { 'Content-Type': 'text/plain' }).end(body);
  };
  if (path === '/whoami') {
    text(200, JSON.stringify((await oidc.signedIn(req, res)) ?? null));
    return;
  }
  if (path === '/hub-sign-in') return oidc.startSignIn(res, '/whoami');
  if (path === '/sign-out/done') {
    text(200, 'signed out');
    return;
  }
  if (path === '/sign-out') {
    const request = new URL(req.url ?? '', 'http://hub').searchParams.get('request') ?? undefined;
    if (req.method === 'POST') return oidc.signOut(req, res, request);
    text(200, `sign out? ${(await oidc.signOutRequest(request))?.id ?? ''}`);
    return;
  }
  if (path === '/approve') {
    const query = new URL(req.url ?? '', 'http://hub').searchParams;
    const device = await oidc.deviceByUserCode(query.get('code') ?? '');
    const waits = device?.state === 'waiting';
    if (waits && query.has('deny')) return text(200, String(await oidc.denyDevice(req, device.id)));
    if (!waits || !(await oidc.approveDevice(req, res, device.id))) res.writeHead(303, { Location: '/gone' }).end();
    return;
  }
  if (path === '/gone' || path.startsWith('/device/end/')) return text(200, path);
  const view = await oidc.interaction(req, res);
  if (req.method === 'GET') {
    text(200, `${view.kind} ${view.system?.id ?? 'hub'}`);
    return;
  }
  const form = await formOf(req);
  if (form.get('abort') !== null) return oidc.abort(req, res, 'access_denied');
  if (view.kind === 'consent') return oidc.finishConsent(req, res);
  await services.store.unit(async (unit) => {
    const result = await signInWithPassword(services, operator, {
      identifier: form.get('identifier') ?? '',
      password: form.get('password') ?? '',
    });
    if (result.outcome === 'ok') {
      await oidc.finishSignIn(req, res, result.person, { amr: result.amr });
      return;
    }
    await unit.commit();
    text(422, result.outcome);
  });
}

function refuse(res: ServerResponse, error: unknown): void {
  res.writeHead(error instanceof HubError ? error.status : 500).end(String(error));
}

async function formOf(req: IncomingMessage): Promise<URLSearchParams> {
  const parts = await Array.fromAsync(req as AsyncIterable<Buffer>);
  return new URLSearchParams(Buffer.concat(parts).toString('utf8'));
}
