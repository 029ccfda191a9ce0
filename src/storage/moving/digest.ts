import { createHash, type Hash } from 'node:crypto';
import { canonical } from '#domain/audit/canonical.ts';
import type { Collection } from '../collection.ts';
import type { Heads } from '../port.ts';
import type { Moving, RawEvent } from './moving.ts';

export interface Digest {
  readonly count: number;
  /** SHA-256 (hex). */
  readonly digest: string;
}

/** Of all records that live at `now`, by id, with their versions and times: what a broom may take is not part of it. */
export async function digestOfRecords(moving: Moving, collection: Collection, now: number): Promise<Digest> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const batch of moving.records(collection)) {
    for (const { id, version, expiresAt, data } of batch) {
      if (expiresAt !== undefined && expiresAt <= now) continue;
      hash.update(`${canonical([id, version, expiresAt ?? null, data] as never)}\n`);
      count += 1;
    }
  }
  return { count, digest: hash.digest('hex') };
}

/** Of every writer's events in order; writers among each other have none. */
export async function digestOfEvents(moving: Moving): Promise<Digest & { readonly writers: number }> {
  const lanes = new Map<string, Hash>();
  let count = 0;
  for await (const batch of moving.events()) {
    for (const event of batch) {
      let lane = lanes.get(event.writer);
      if (lane === undefined) {
        lane = createHash('sha256');
        lanes.set(event.writer, lane);
      }
      lane.update(lineOf(event));
      count += 1;
    }
  }
  const whole = createHash('sha256');
  const sorted = [...lanes].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [writer, lane] of sorted) whole.update(`${writer} ${lane.digest('hex')}\n`);
  return { count, writers: lanes.size, digest: whole.digest('hex') };
}

function lineOf({ seq, at, body, hash, sealed }: RawEvent): string {
  return `${JSON.stringify([seq, at, hash, body, sealed])}\n`;
}

/** Where all chains stand, in one word. */
export function headsDigest(heads: Heads): string {
  const sorted = Object.entries(heads).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}
