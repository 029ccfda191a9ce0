import type { Services } from '#actions/services.ts';
import { type AuditDraft, draft } from '#domain/audit/event.ts';
import { guardedFetch } from '#platform/outbound.ts';
import type { Stored } from '#storage/collection.ts';
import { type Delivery, outbox, systems } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { logoutToken } from './logout-token.ts';

const timeoutMs = 5_000;
/** Retries double from `limits.logout.firstRetry` up to this, in ms. */
const longestPause = 30 * 60 * 1000;
/** How long what became of a delivery is kept, in ms. */
const keptFor = 30 * 24 * 60 * 60 * 1000;

/**
 * One try to tell a system that a session has ended; what came of it is kept, and told to the record when it is final.
 * @returns when to try again, in ms, if it is to be.
 */
export async function deliver(services: Services, delivery: Stored<Delivery>): Promise<number | undefined> {
  const error = await attempt(services, delivery);
  const now = services.clock.now();
  const attempts = delivery.attempts + 1;
  const pause = Math.min(
    services.settings.limits.logout.firstRetry * 2 ** Math.min(delivery.attempts, 30),
    longestPause,
  );
  const outcome =
    error === undefined
      ? { status: 'delivered' as const, attempts }
      : now + pause > delivery.giveUpAt
        ? { status: 'failed' as const, attempts, lastError: error }
        : { status: 'waiting' as const, attempts, lastError: error, nextAt: now + pause };
  const final = outcome.status !== 'waiting';
  try {
    await services.store.write({
      changes: [
        {
          kind: 'update',
          collection: outbox,
          id: delivery.id,
          where: { status: 'waiting', attempts: delivery.attempts },
          set: outcome,
          ...(final ? { expiresAt: now + keptFor } : {}),
        },
      ],
      events: final ? [eventOf(delivery, attempts, error)] : [],
    });
  } catch (conflict) {
    // Somebody else settled it meanwhile.
    if (!(conflict instanceof CommitConflict)) throw conflict;
  }
  return final ? undefined : now + pause;
}

/** @returns what went wrong, or undefined when the system has taken it. */
async function attempt(services: Services, delivery: Stored<Delivery>): Promise<string | undefined> {
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

function eventOf(delivery: Stored<Delivery>, attempts: number, error: string | undefined): AuditDraft {
  return draft(
    { actor: { kind: 'hub' } },
    error === undefined ? 'logout.delivered' : 'logout.failed',
    error === undefined ? 'success' : 'failure',
    {
      system: delivery.system,
      ...(delivery.person === undefined ? {} : { subject: { id: delivery.person } }),
      ...(delivery.session === undefined ? {} : { session: delivery.session }),
      detail: { delivery: delivery.id, attempts, ...(error === undefined ? {} : { error }) },
    },
  );
}
