import { readCheckpoint, signCheckpoint } from '#domain/audit/checkpoint.ts';
import { draft, type Origin } from '#domain/audit/event.ts';
import { allKeys, openPrivate } from '../keys/stored.ts';
import type { Services } from '../services.ts';
import { endingsSince } from './endings.ts';
import { newestCheckpoint, writeCheckpoint } from './folder.ts';

export interface Taken {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly jws: string;
  /** Where it lies. */
  readonly file: string;
  readonly writers: number;
  /** Events it covers, of all writers. */
  readonly events: number;
}

/**
 * Signs the heads of all chains, puts the checkpoint beside the database and records it. The file comes first: what it
 * covers is on disk already, and a crash in between loses only the record of it.
 */
export async function takeCheckpoint(services: Services, origin: Origin): Promise<Taken> {
  const heads = await services.store.audit.heads();
  const at = new Date(services.clock.now()).toISOString();
  const key = (await allKeys(services)).find((key) => key.alg === 'ES256' && key.state === 'active');
  if (key === undefined) throw new Error('there is no active ES256 key to sign a checkpoint with');
  const before = newestCheckpoint(services.settings);
  const people = await endingsSince(services, before === undefined ? undefined : readCheckpoint(before.jws).at);
  const told = people.disabled.length + people.enabled.length > 0 ? { people } : {};
  const jws = await signCheckpoint(
    { at, heads, ...told },
    { kid: key.id, alg: key.alg, key: openPrivate(services, key) },
  );
  const file = writeCheckpoint(services.settings, at, jws);
  const events = covered(heads);
  const detail = { writers: Object.keys(heads).length, events, kid: key.id };
  await services.store.write({ changes: [], events: [draft(origin, 'audit.checkpointed', 'success', { detail })] });
  return { at, jws, file, writers: detail.writers, events };
}

/** How many events heads stand for: sequences begin at 1. */
export function covered(heads: Readonly<Record<string, { readonly seq: number }>>): number {
  return Object.values(heads).reduce((sum, head) => sum + head.seq, 0);
}
