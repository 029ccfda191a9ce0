import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { GuideLine } from '#domain/providers/guide.ts';
import { type ConnectAnswers, idFrom, registrationFrom } from '#domain/providers/registration.ts';
import type { SystemModule } from '#domain/providers/system-module.ts';
import { needsBase } from '#domain/providers/values.ts';
import { nearest } from '#domain/suggest.ts';
import { checkSystem } from '#settings/system.ts';
import type { Stored } from '#storage/collection.ts';
import { links, type System } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { createSystem } from './create.ts';
import { systemDirectory } from './directory.ts';
import { guideFor } from './guide.ts';
import { bySecret, newClientSecret } from './secret.ts';

/** What somebody who connects a product says; whatever else is given takes the place of the module's. */
export interface ConnectRequest {
  readonly title: string;
  readonly provider: string;
  readonly id?: string | undefined;
  readonly side?: ConnectAnswers['side'] | undefined;
  readonly url?: string | undefined;
  readonly clientId?: string | undefined;
  readonly redirectUris?: readonly string[] | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  readonly [more: string]: unknown;
}

export interface Connected {
  readonly system: Stored<System>;
  /** Told this once; undefined where the client has none, or brought its own. */
  readonly secret?: string;
  readonly guide: readonly GuideLine[];
}

/**
 * Connects a product: registers it as its module says and makes its secret.
 * @param check runs over the finished registration before anything is stored
 * @throws HubError `invalid` with every fault, `already-exists`
 */
export async function connectSystem(
  services: Services,
  origin: Origin,
  request: ConnectRequest,
  check: (settings: { machine?: { scopes: string[] } }) => void = () => {},
): Promise<Connected> {
  const module = moduleOf(services, request.provider);
  requireSignOn(module);
  const { title, provider: _, id, side, url, ...more } = request;
  const answers = {
    title,
    id: id ?? (await freeId(services, idFrom(title, module.id))),
    side: side ?? usualSide(module),
    url,
    clientId: more.clientId,
    redirectUris: more.redirectUris,
    settings: more.settings,
  };
  const { registration, faults } = registrationFrom(module, answers, services.settings.issuer);
  if (url === undefined && more.redirectUris === undefined && faults.length === 0 && needsBase(module)) {
    faults.push({ path: 'url', message: 'is missing; write the address at which the product opens' });
  }
  const raw: Record<string, unknown> = { ...registration, ...more, settings: registration.settings };
  const given = typeof raw.clientSecret === 'string';
  const secret = !given && bySecret(String(raw.auth ?? 'client_secret_basic')) ? newClientSecret() : undefined;
  if (secret !== undefined) raw.clientSecret = secret;
  const { system: settings, faults: wrong } = checkSystem(raw, { modules: [...services.modules.values()] });
  const all = [...faults, ...wrong.filter((fault) => !isFollowUp(fault.path, faults.length > 0))];
  if (settings === undefined || all.length > 0) throw new HubError('invalid', undefined, { faults: all });
  check(settings);
  const system = await createSystem(services, origin, settings);
  return { system, ...(secret === undefined ? {} : { secret }), guide: guideFor(services, system, secret) };
}

/** An address that was made of a faulty answer is faulty too; the answer's own fault says it better. */
function isFollowUp(path: string, answered: boolean): boolean {
  return answered && /^(redirectUris|postLogoutRedirectUris|backchannelLogoutUri|launchUri)/.test(path);
}

/** @throws HubError `invalid` */
export function moduleOf({ modules }: Services, provider: string): SystemModule {
  const module = modules.get(provider);
  if (module !== undefined) return module;
  const meant = nearest(provider, [...modules.keys()]);
  const message = `there is no module ${provider}; ${meant === undefined ? `choose ${[...modules.keys()].join(', ')}` : `did you mean ${meant}?`}`;
  throw new HubError('invalid', undefined, { faults: [{ path: 'provider', message }] });
}

/** @throws HubError `invalid` for a product that OpenID Connect cannot sign in to */
function requireSignOn({ title, protocols = ['oidc'] }: SystemModule): void {
  if (protocols.includes('oidc')) return;
  const message =
    protocols.length === 0
      ? `${title} has no single sign-on; its accounts are kept there by hand or by a connector`
      : `${title} signs people in by SAML alone, which this version does not offer`;
  throw new HubError('invalid', undefined, { faults: [{ path: 'provider', message }] });
}

/** Where a product is used unless somebody says otherwise; one of every kind counts as neither. */
export function usualSide({ sides }: Pick<SystemModule, 'sides'>): 'crm' | 'erp' | 'other' {
  return sides.includes('other') ? 'other' : (sides[0] ?? 'other');
}

/** An id that no system has, and no removed one had: its people's identifiers belong to it. */
export async function freeId(services: Services, wanted: string): Promise<string> {
  const { byId, byClientId } = await systemDirectory(services);
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? wanted : `${wanted}-${number}`;
    if (byId.has(id) || byClientId.has(id) || id === 'hub') continue;
    const { items } = await services.store.find(links, { where: { system: id }, limit: 1 });
    if (items.length === 0) return id;
  }
}
