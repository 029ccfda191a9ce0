import type { Services } from '#actions/services.ts';
import { draft, type Origin } from '#domain/audit/event.ts';

const foldMs = 60_000;
/** More causes at once than this are each recorded singly. */
const maxFolds = 10_000;

interface Fold {
  readonly endsAt: number;
  readonly origin: Origin;
  readonly refusal: Refusal;
  /** Refusals after the first, which was recorded at once. */
  more: number;
}

export interface Refusal {
  /** A stable code: of the hub's error table or an OAuth error. */
  readonly error: string;
  /** Method and path template, never the address itself. */
  readonly endpoint: string;
  readonly system?: string;
  readonly subject?: { readonly id: string };
}

const folds = new WeakMap<Services, Map<string, Fold>>();

/**
 * Records `request.refused`. The first refusal of a cause is recorded at once; those that follow within a minute from the same
 * actor become one more event with their count, so that a flood of refusals is no flood of records (contract.md, "Audit event").
 */
export async function recordRefusal(services: Services, origin: Origin, refusal: Refusal): Promise<void> {
  const open = folds.get(services) ?? new Map<string, Fold>();
  folds.set(services, open);
  await closeFolds(services, open);
  const { kind, id } = origin.actor;
  const key = JSON.stringify([kind, id, refusal.error, refusal.endpoint, refusal.system, refusal.subject?.id]);
  const fold = open.get(key);
  if (fold !== undefined) {
    fold.more += 1;
    return;
  }
  if (open.size < maxFolds) {
    open.set(key, { endsAt: services.clock.now() + foldMs, origin, refusal, more: 0 });
    setTimeout(() => void closeFolds(services, open).catch(() => {}), foldMs + 100).unref();
  }
  await services.store.write({ changes: [], events: [eventOf(origin, refusal)] });
}

async function closeFolds(services: Services, open: Map<string, Fold>): Promise<void> {
  const now = services.clock.now();
  const events = [];
  for (const [key, fold] of open) {
    if (fold.endsAt > now) continue;
    open.delete(key);
    if (fold.more > 0) events.push(eventOf(fold.origin, fold.refusal, fold.more));
  }
  if (events.length > 0) await services.store.writeNow({ changes: [], events });
}

function eventOf(origin: Origin, { error, endpoint, system, subject }: Refusal, count?: number) {
  return draft(origin, 'request.refused', 'denied', {
    ...(system === undefined ? {} : { system }),
    ...(subject === undefined ? {} : { subject }),
    detail: { error, endpoint, ...(count === undefined ? {} : { count }) },
  });
}
