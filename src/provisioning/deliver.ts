import { namesOf } from '#actions/audit/names.ts';
import type { Services } from '#actions/services.ts';
import { type AuditDraft, draft, type Origin } from '#domain/audit/event.ts';
import { guardedFetch } from '#platform/outbound.ts';
import type { Stored } from '#storage/collection.ts';
import { type LogoutDelivery, outbox, systems } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { logoutToken } from './logout-token.ts';
import { keptFor, pauseAfter } from './retry.ts';

const timeoutMs = 5_000;

/** How long a try is its process's own before another may make the next, in ms: longer than it can take. */
const claimedFor = 2 * timeoutMs;

/**
 * One try to tell a system that a session has ended; what came of it is kept, and told to the record when it is final. The try
 * is claimed by a condition first, so that of several processes one makes it.
 * @returns when to try again, in ms, if it is to be.
 */
export async function deliver(services: Services, delivery: Stored<LogoutDelivery>): Promise<number | undefined> {
  const attempts = delivery.attempts + 1;
  const claim = { attempts, nextAt: services.clock.now() + claimedFor };
  if (!(await settle(services, delivery, delivery.attempts, claim, []))) return undefined;
  const error = await attempt(services, delivery);
  const now = services.clock.now();
  const pause = pauseAfter(services, delivery.attempts);
  const outcome =
    error === undefined
      ? { status: 'delivered' as const }
      : now + pause > delivery.giveUpAt
        ? { status: 'failed' as const, lastError: error }
        : { status: 'waiting' as const, lastError: error, nextAt: now + pause };
  const final = outcome.status !== 'waiting';
  const events = final ? [await eventOf(services, delivery, attempts, error)] : [];
  await settle(services, delivery, attempts, outcome, events, final ? now + keptFor : undefined);
  return final ? undefined : now + pause;
}

/** Writes what is known of a delivery, if it still stands at so many tries. @returns false when somebody else went on with it. */
async function settle(
  services: Services,
  { id }: Stored<LogoutDelivery>,
  attempts: number,
  set: Partial<LogoutDelivery>,
  events: readonly AuditDraft[],
  expiresAt?: number,
): Promise<boolean> {
  const expiry = expiresAt === undefined ? {} : { expiresAt };
  const where = { status: 'waiting', attempts };
  try {
    await services.store.write({
      changes: [{ kind: 'update', collection: outbox, id, where, set, ...expiry }],
      events,
    });
    return true;
  } catch (conflict) {
    if (conflict instanceof CommitConflict) return false;
    throw conflict;
  }
}

/** @returns what went wrong, or undefined when the system has taken it. */
async function attempt(services: Services, delivery: Stored<LogoutDelivery>): Promise<string | undefined> {
  const system = await services.store.get(systems, delivery.system);
  if (system?.backchannelLogoutUri === undefined) return 'the system has no back-channel logout address any more';
  try {
    const answer = await guardedFetch(system.backchannelLogoutUri, {
      allow: system.outbound.allow,
      allowLoopback: !services.settings.production,
      timeoutMs,
      maxBytes: 64_000,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'cache-control': 'no-store' },
      body: new URLSearchParams({ logout_token: await logoutToken(services, system, delivery) }).toString(),
    });
    // OIDC Back-Channel Logout 1.0, 2.8: 200, and 204 is as good.
    return answer.status === 200 || answer.status === 204 ? undefined : `answered ${answer.status}`;
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? `${cause.name}: ${cause.message}`.slice(0, 200) : 'failed';
}

async function eventOf(
  services: Services,
  delivery: Stored<LogoutDelivery>,
  attempts: number,
  error: string | undefined,
): Promise<AuditDraft> {
  const origin: Origin = { actor: { kind: 'hub' } };
  return draft(
    origin,
    error === undefined ? 'logout.delivered' : 'logout.failed',
    error === undefined ? 'success' : 'failure',
    {
      system: delivery.system,
      ...(delivery.person === undefined ? {} : { subject: { id: delivery.person } }),
      ...(delivery.session === undefined ? {} : { session: delivery.session }),
      detail: { delivery: delivery.id, attempts, ...(error === undefined ? {} : { error }) },
      personal: await namesOf(services, origin, delivery.person),
    },
  );
}
