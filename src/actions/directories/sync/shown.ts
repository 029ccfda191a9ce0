import type { SyncPlan } from './plan.ts';
import { goneShare } from './sync.ts';

/** A plan as it is shown, without what the directory told of everybody. */
export interface ShownPlan {
  readonly seen: number;
  readonly linked: number;
  readonly unchanged: number;
  readonly appear: readonly { readonly label: string; readonly subject: string }[];
  readonly change: readonly { readonly person: string; readonly label: string; readonly fields: readonly string[] }[];
  readonly gone: readonly { readonly person: string; readonly label: string; readonly why: 'missing' | 'ended' }[];
  readonly left: readonly { readonly label: string; readonly subject: string; readonly because: 'taken' | 'unfit' }[];
  /** So many are gone that disabling them has to be confirmed. */
  readonly many: boolean;
  readonly digest: string;
}

export function shownPlan({ seen, linked, same, appear, change, gone, left, digest }: SyncPlan): ShownPlan {
  return {
    seen,
    linked,
    unchanged: same,
    appear: appear.map(({ label, proved }) => ({ label, subject: proved.subject })),
    change: change.map(({ person, label, fields }) => ({ person, label, fields })),
    gone,
    left: left.map(({ label, proved, because }) => ({ label, subject: proved.subject, because })),
    many: gone.length > linked * goneShare,
    digest,
  };
}
