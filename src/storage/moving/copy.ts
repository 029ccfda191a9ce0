import type { Collection } from '../collection.ts';
import { allCollections, leases } from '../collections.ts';
import type { Engine } from '../port.ts';
import { type Digest, digestOfEvents, digestOfRecords, headsDigest } from './digest.ts';
import type { CopyMark, Moving } from './moving.ts';

/** What is moved: all but who does what just now. */
const moved: readonly Collection[] = allCollections
  .map((collection) => collection as Collection)
  .filter(({ name }) => name !== leases.name);

export interface Side {
  readonly engine: Pick<Engine, 'audit' | 'count'>;
  readonly moving: Moving;
}

export interface Progress {
  /** A collection's name, or `audit`. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** There is something in the target that is no unfinished copy of this source. */
export class TargetNotEmpty extends Error {
  constructor(why: string) {
    super(`the target ${why}; name an empty one, or remove what is there`);
    this.name = 'TargetNotEmpty';
  }
}

/** The two sides do not hold the same: the copy is not to be served. */
export class CopyDiffers extends Error {
  constructor(what: readonly string[]) {
    super(`the copy differs from its source in ${what.join(', ')}; remove it and copy again`);
    this.name = 'CopyDiffers';
  }
}

/** The store is a copy that was not finished. */
export class UnfinishedCopy extends Error {
  constructor(store: string) {
    super(`${store} is a copy that was not finished; run \`store copy\` again to go on with it, or remove it`);
    this.name = 'UnfinishedCopy';
  }
}

/** @param store its name for the message @throws UnfinishedCopy */
export async function assertWhole(moving: Pick<Moving, 'mark'>, store: string): Promise<void> {
  if ((await moving.mark()) !== undefined) throw new UnfinishedCopy(store);
}

/**
 * May this source be copied into this target, and has that been begun before?
 *
 * @returns the mark of an unfinished copy, or undefined when the target is empty
 * @throws TargetNotEmpty
 */
export async function copyBegun(source: Side, target: Side): Promise<CopyMark | undefined> {
  const mark = await target.moving.mark();
  if (mark !== undefined) {
    if (mark.source === headsDigest(await source.engine.audit.heads())) return mark;
    throw new TargetNotEmpty('holds an unfinished copy of another store, or of this one as it was before');
  }
  for (const collection of moved) {
    if ((await target.engine.count(collection)) > 0)
      throw new TargetNotEmpty(`is not empty: it has ${collection.name}`);
  }
  if (Object.keys(await target.engine.audit.heads()).length > 0) {
    throw new TargetNotEmpty('is not empty: it has audit events');
  }
  return undefined;
}

/** Brings everything over, from where an unfinished copy stopped; the target keeps a mark until it is cleared after the proof. */
export async function copyAll(
  source: Side,
  target: Side,
  begun: CopyMark | undefined,
  progress: (progress: Progress) => void,
): Promise<void> {
  if (begun?.settled === true) return;
  const heads = await source.engine.audit.heads();
  const mark: CopyMark = { source: headsDigest(heads) };
  if (begun === undefined) await target.moving.setMark(mark);
  const at = moved.findIndex(({ name }) => name === begun?.collection);
  for (const collection of moved.slice(Math.max(at, 0))) {
    const after = collection.name === begun?.collection ? begun.after : undefined;
    const total = await source.engine.count(collection);
    let done = after === undefined ? 0 : await target.engine.count(collection);
    for await (const batch of source.moving.records(collection, after)) {
      await target.moving.takeRecords(collection, batch);
      const last = batch.at(-1)?.id;
      if (last !== undefined) await target.moving.setMark({ ...mark, collection: collection.name, after: last });
      done += batch.length;
      progress({ what: collection.name, done, total });
    }
  }
  await copyEvents(source, target, progress);
  await target.moving.settle(heads);
  await target.moving.setMark({ ...mark, settled: true });
}

async function copyEvents(source: Side, target: Side, progress: (progress: Progress) => void): Promise<void> {
  const total = Object.values(await source.engine.audit.heads()).reduce((sum, { seq }) => sum + seq, 0);
  let done = 0;
  for await (const batch of source.moving.events(await target.moving.newestEventAt())) {
    await target.moving.takeEvents(batch);
    done += batch.length;
    progress({ what: 'audit', done, total });
  }
}

export interface Proof {
  readonly collections: readonly (Digest & { readonly name: string })[];
  readonly audit: Digest & { readonly writers: number };
}

/**
 * Reads both sides whole and compares.
 *
 * @param now ms; what has expired by then may be on one side only
 * @throws CopyDiffers
 */
export async function proveSame(source: Moving, target: Moving, now: number): Promise<Proof> {
  const collections: (Digest & { name: string })[] = [];
  const differing: string[] = [];
  for (const collection of moved) {
    const there = await digestOfRecords(target, collection, now);
    const here = await digestOfRecords(source, collection, now);
    if (here.digest !== there.digest) differing.push(`${collection.name} (${here.count} here, ${there.count} there)`);
    collections.push({ name: collection.name, ...there });
  }
  const here = await digestOfEvents(source);
  const audit = await digestOfEvents(target);
  if (here.digest !== audit.digest) differing.push(`the audit record (${here.count} here, ${audit.count} there)`);
  if (differing.length > 0) throw new CopyDiffers(differing);
  return { collections, audit };
}
