import { guardedFetch, OutboundRefused } from '#platform/outbound.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import type { Services } from '../services.ts';

/** One point of a check. `code` names the translation; `detail` is the English. */
export interface SystemCheck {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly code: 'on' | 'off' | 'module' | 'noModule' | 'answers' | 'answersWrong' | 'unreachable' | 'notAllowed';
  readonly values: Readonly<Record<string, string>>;
}

/** Is the system's registration in order, and can its addresses be reached from here as the hub will reach them? */
export async function reachAddresses(services: Services, system: Stored<System>): Promise<SystemCheck[]> {
  const module = services.modules.get(system.provider);
  const checks: SystemCheck[] = [
    {
      what: 'enabled',
      ok: system.enabled,
      detail: system.enabled ? 'yes' : 'no: nobody can enter it',
      code: system.enabled ? 'on' : 'off',
      values: {},
    },
    {
      what: 'module',
      ok: module !== undefined,
      detail: module?.title ?? `there is no module ${system.provider}`,
      code: module === undefined ? 'noModule' : 'module',
      values: { module: module?.title ?? system.provider },
    },
  ];
  if (system.launchUri !== undefined) {
    // A page that redirects into the sign-in answers 303; one that fails answers 5xx.
    checks.push(await reach(services, system, 'launchUri', system.launchUri, {}, (status) => status < 500));
  }
  if (system.backchannelLogoutUri !== undefined) {
    // An endpoint that accepts a token that is none would accept a forged one too.
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const refuses = (status: number) => status >= 400 && status < 500;
    const call = { method: 'POST' as const, headers: form, body: 'logout_token=not-a-token' };
    checks.push(await reach(services, system, 'backchannelLogoutUri', system.backchannelLogoutUri, call, refuses));
  }
  if (system.jwksUri !== undefined) {
    checks.push(await reach(services, system, 'jwksUri', system.jwksUri, {}, (status) => status === 200));
  }
  return checks;
}

async function reach(
  services: Services,
  system: Stored<System>,
  what: string,
  url: string,
  call: { method?: 'POST'; headers?: Record<string, string>; body?: string },
  right: (status: number) => boolean,
): Promise<SystemCheck> {
  try {
    const { status } = await guardedFetch(url, {
      allow: system.outbound.allow,
      allowLoopback: !services.settings.production,
      timeoutMs: 5000,
      maxBytes: 1_000_000,
      method: 'GET',
      headers: {},
      ...call,
    });
    const ok = right(status);
    const detail = `${url} answers ${status}${ok ? '' : ', which is not right'}`;
    return { what, ok, detail, code: ok ? 'answers' : 'answersWrong', values: { url, status: String(status) } };
  } catch (error) {
    const cause =
      error instanceof Error ? (error.cause instanceof Error ? error.cause.message : error.message) : String(error);
    const refused = error instanceof OutboundRefused;
    const remedy = refused ? '; list the network under outbound.allow if it is meant' : '';
    const detail = `${url} cannot be reached: ${cause}${remedy}`;
    return { what, ok: false, detail, code: refused ? 'notAllowed' : 'unreachable', values: { url, cause } };
  }
}
