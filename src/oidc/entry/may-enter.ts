import type { KoaContextWithOIDC } from 'oidc-provider';
import { effectiveAccess } from '#actions/access/effective.ts';
import { named } from '#actions/named.ts';
import type { Services } from '#actions/services.ts';
import { glassMethod } from '#domain/assurance.ts';
import { draft } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people, type System } from '#storage/collections.ts';
import { unitOf } from '../adapter/context.ts';
import { systemOf } from '../systems.ts';
import { readVia } from '../via.ts';

/** Why a person was kept out; stands in `entry.denied` and decides what the page says. */
export type DenialReason = 'no-permissions' | 'stronger-sign-in-required' | 'break-glass';

/**
 * May this person enter this system? It takes at least one permission there, or a system that is open to everybody. A refusal
 * is recorded at once (`entry.denied`).
 */
export async function mayEnter(services: Services, ctx: KoaContextWithOIDC): Promise<boolean> {
  const system = await systemOf(services, ctx);
  const id = ctx.oidc.account?.accountId;
  // The hub's own pages are open to everybody; nobody signed in is the login prompt's affair.
  if (system === undefined || id === undefined) return true;
  const person = await services.store.get(people, id);
  if (person === undefined) return false;
  if (ctx.oidc.session?.amr?.includes(glassMethod)) {
    recordDenial(services, ctx, system, person, 'break-glass');
    return false;
  }
  const access = await effectiveAccess(services, person);
  if (access.systems.get(system.id)?.mayEnter === true) return true;
  recordDenial(services, ctx, system, person, 'no-permissions');
  return false;
}

/** Puts on record that somebody stays outside who has nothing that is strong enough. */
export async function recordTooWeak(services: Services, ctx: KoaContextWithOIDC): Promise<void> {
  const system = await systemOf(services, ctx);
  const id = ctx.oidc.account?.accountId;
  const person = id === undefined ? undefined : await services.store.get(people, id);
  if (system === undefined || person === undefined) return;
  recordDenial(services, ctx, system, person, 'stronger-sign-in-required');
}

function recordDenial(
  services: Services,
  ctx: KoaContextWithOIDC,
  system: Stored<System>,
  person: Stored<Person>,
  reason: DenialReason,
): void {
  const { unit, state } = unitOf(services);
  state.recorded = true;
  const via = readVia(services, ctx.req, system.id);
  const session = ctx.oidc.session?.uid;
  const event = draft(state.origin, 'entry.denied', 'denied', {
    actor: { kind: 'person', id: person.id },
    subject: { id: person.id },
    system: system.id,
    ...(via === undefined ? {} : { via }),
    ...(session === undefined ? {} : { session }),
    detail: { reason },
    personal: { actor: named(person), subject: named(person) },
  });
  unit.stage({ changes: [], events: [event] });
}
