import { type CompiledPolicy, emptyPolicy } from '#domain/policy/compile.ts';
import { policyVersions } from '#storage/collections.ts';
import type { Store } from '#storage/store.ts';
import type { Services } from '../services.ts';
import { compileStored } from './compile-stored.ts';

export interface PolicyInForce {
  /** 0 while there is no policy; it then grants nothing. */
  readonly number: number;
  readonly text: string;
  readonly compiled: CompiledPolicy;
}

const cache = new WeakMap<Store, { readonly change: number; readonly policy: Promise<PolicyInForce> }>();

/** The newest published policy, compiled once per version. Fresh on every node as soon as the store counts the change. */
export function policyInForce({ store }: Pick<Services, 'store'>): Promise<PolicyInForce> {
  // Counted before it is read: a change in between makes the next call read again.
  const change = store.changes(policyVersions);
  const cached = cache.get(store);
  if (cached?.change === change) return cached.policy;
  const policy = load(store, cached?.policy);
  cache.set(store, { change, policy });
  policy.catch(() => cache.delete(store));
  return policy;
}

async function load(store: Store, before: Promise<PolicyInForce> | undefined): Promise<PolicyInForce> {
  // From the engine, not from a request's unfinished writes: what is cached is what is committed.
  const page = await store.engine.find(policyVersions, { sort: '-number', limit: 1 });
  const newest = page.items[0];
  if (newest === undefined) return { number: 0, text: '', compiled: emptyPolicy };
  const known = await before?.catch(() => undefined);
  if (known?.number === newest.number) return known;
  return { number: newest.number, text: newest.text, compiled: compileStored(newest.text) };
}
