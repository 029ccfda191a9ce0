import type { PolicyChange } from '#domain/policy/changes.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { compilePolicy } from '#domain/policy/compile.ts';
import type { Fault } from '#domain/policy/fault.ts';
import { policyNotes } from '#domain/policy/notes.ts';
import { assignments, people, policyVersions, systems } from '#storage/collections.ts';
import type { Store } from '#storage/store.ts';
import type { Services } from '../../services.ts';
import { comparePolicies } from '../compare.ts';
import { effectOfPolicy } from '../effect.ts';
import { policyInForce } from '../in-force.ts';
import { systemsForPolicy } from '../systems.ts';
import type { Effect } from '../what-if/question.ts';

/** Everything to look at before a text is published. */
export interface Preview {
  /** The number in force that it is compared with. */
  readonly against: number;
  readonly faults: readonly Fault[];
  readonly notes: readonly Fault[];
  readonly changes: readonly PolicyChange[];
  /** Undefined while the text has faults: nobody can say what it would do. */
  readonly effect?: Effect;
}

/** An answer this old is computed anew even if nothing changed: rules begin and end. */
const keptFor = 60_000;
const kept = new WeakMap<Store, { readonly key: string; readonly since: number; readonly preview: Promise<Preview> }>();

/**
 * What publishing a text would do, compared with the version in force. Kept for a minute while nothing changes, so that paging
 * through it costs nothing.
 * @param at milliseconds since 1970; default now
 */
export function previewPolicy(services: Services, text: string, at?: number): Promise<Preview> {
  const { store, clock } = services;
  const now = clock.now();
  const watched = [policyVersions, people, assignments, systems];
  const key = JSON.stringify([text, at, ...watched.map((collection) => store.changes(collection))]);
  const known = kept.get(store);
  if (known !== undefined && known.key === key && now - known.since < keptFor) return known.preview;
  const preview = compute(services, text, at ?? now);
  kept.set(store, { key, since: now, preview });
  preview.catch(() => kept.delete(store));
  return preview;
}

async function compute(services: Services, text: string, at: number): Promise<Preview> {
  const inForce = await policyInForce(services);
  const checked = checkPolicy(text, await systemsForPolicy(services));
  const against = inForce.number;
  if (!checked.ok) return { against, faults: checked.faults, notes: [], changes: [] };
  const after = { text, compiled: compilePolicy(checked.document) };
  const effect = await effectOfPolicy(services, inForce, after, { at, ahead: true });
  return {
    against,
    faults: [],
    notes: policyNotes(checked.document),
    changes: comparePolicies(inForce.text, text),
    effect,
  };
}
