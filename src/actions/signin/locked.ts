import { draft, type Origin } from '#domain/audit/event.ts';
import type { Services } from '../services.ts';
import type { Bucket } from './tries.ts';

const foldMs = 60_000;
/** More floods at once than this are each recorded singly. */
const mostFolds = 10_000;

interface Fold {
  readonly endsAt: number;
  readonly origin: Origin;
  readonly about: Locked;
  /** Refusals after the first, which was recorded at once. */
  more: number;
}

export interface Locked {
  readonly bucket: Bucket;
  readonly subject?: { readonly id: string };
  /** Keyed hash of an identifier that belongs to nobody. */
  readonly identifierHash?: string;
  /** The door: where the password was tried. */
  readonly door: 'sign-in' | 'change-password';
}

const folds = new WeakMap<Services['store'], Map<string, Fold>>();

/**
 * Records `signin.locked`: a try that was refused before it was looked at. The first at once, those of the following minute
 * as one event with their count, so that a flood of tries is no flood of records.
 */
export async function recordLocked(services: Services, origin: Origin, about: Locked): Promise<void> {
  const open = folds.get(services.store) ?? new Map<string, Fold>();
  folds.set(services.store, open);
  await close(services, open);
  const fold = open.get(about.bucket.id);
  if (fold !== undefined) {
    fold.more += 1;
    return;
  }
  if (open.size < mostFolds) {
    open.set(about.bucket.id, { endsAt: services.clock.now() + foldMs, origin, about, more: 0 });
    setTimeout(() => void close(services, open).catch(() => {}), foldMs + 100).unref();
  }
  await services.store.writeNow({ changes: [], events: [eventOf(origin, about, 1)] });
}

async function close(services: Services, open: Map<string, Fold>): Promise<void> {
  const now = services.clock.now();
  const events = [];
  for (const [key, fold] of open) {
    if (fold.endsAt > now) continue;
    open.delete(key);
    if (fold.more > 0) events.push(eventOf(fold.origin, fold.about, fold.more));
  }
  if (events.length > 0) await services.store.writeNow({ changes: [], events });
}

function eventOf(origin: Origin, { bucket, subject, identifierHash, door }: Locked, count: number) {
  return draft(origin, 'signin.locked', 'denied', {
    ...(subject === undefined ? {} : { subject }),
    detail: {
      cause: bucket.id.startsWith('network:') ? 'network' : 'account',
      door,
      count,
      ...(identifierHash === undefined ? {} : { identifierHash }),
    },
  });
}
