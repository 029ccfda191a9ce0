import type { AuditDraft } from '#domain/audit/event.ts';
import type { Store } from '#storage/store.ts';
import type { Services } from '../services.ts';

const foldMs = 60_000;
/** More causes at once than this are each recorded singly. */
const maxFolds = 10_000;

interface Fold {
  readonly endsAt: number;
  readonly event: (count: number) => AuditDraft;
  /** What came after the first, which was recorded at once. */
  more: number;
}

const folds = new WeakMap<Store, Map<string, Fold>>();

/**
 * Folds a flood into one event a minute (contract.md, "Audit event"). Of what comes under one key the first is to be recorded
 * at once, by the caller; those of the following minute become one more event with their count, recorded here.
 * @param event makes the event of so many
 * @returns the first's event, or undefined when it was counted into a running minute
 * @throws StoreUnavailable when the event of a minute that is over cannot be stored
 */
export async function folded(
  services: Pick<Services, 'store' | 'clock'>,
  key: string,
  event: (count: number) => AuditDraft,
): Promise<AuditDraft | undefined> {
  const open = folds.get(services.store) ?? new Map<string, Fold>();
  folds.set(services.store, open);
  await close(services, open);
  const fold = open.get(key);
  if (fold !== undefined) {
    fold.more += 1;
    return undefined;
  }
  if (open.size < maxFolds) {
    open.set(key, { endsAt: services.clock.now() + foldMs, event, more: 0 });
    setTimeout(() => void close(services, open).catch(() => {}), foldMs + 100).unref();
  }
  return event(1);
}

/** Records the counts of minutes that are over. */
async function close(services: Pick<Services, 'store' | 'clock'>, open: Map<string, Fold>): Promise<void> {
  const now = services.clock.now();
  const over = [...open].filter(([, fold]) => fold.endsAt <= now);
  // Taken out before the write, so that what comes meanwhile begins a minute of its own.
  for (const [key] of over) open.delete(key);
  const events = over.filter(([, fold]) => fold.more > 0).map(([, fold]) => fold.event(fold.more));
  if (events.length === 0) return;
  try {
    await services.store.writeNow({ changes: [], events });
  } catch (error) {
    for (const [key, fold] of over) keep(open, key, fold);
    throw error;
  }
}

/** Puts back what could not be recorded; it is tried again with whatever comes next. */
function keep(open: Map<string, Fold>, key: string, fold: Fold): void {
  const next = open.get(key);
  if (next === undefined) open.set(key, fold);
  else next.more += fold.more;
}

/** Records the counts of running minutes at once: before the hub stops. */
export async function closeFolds(services: Pick<Services, 'store'>): Promise<void> {
  const open = folds.get(services.store);
  if (open !== undefined) await close({ ...services, clock: { now: () => Number.POSITIVE_INFINITY } }, open);
}
