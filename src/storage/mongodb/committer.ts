import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditDraft } from '#domain/audit/event.ts';
import type { Clock } from '#platform/clock.ts';
import { pooledBytes } from '#platform/random.ts';
import type { PersonKeys, StoredKey } from '../audit/person-keys.ts';
import { personKeys } from '../collections.ts';
import { type Change, type Commit, CommitConflict, StoreUnavailable } from '../port.ts';
import { type AuditDocument, auditCollection, keyNeeded, linkAll } from './audit-documents.ts';

import type { Wire } from './connection.ts';
import { asFault, isLost, isTransient } from './faults.ts';
import { type KeyCache, keyInCommit } from './key-cache.ts';
import { type Lane, type LaneHead, lanesCollection } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type { Pulse } from './pulse.ts';
import { writeAlone } from './single.ts';
import { type Step, stepOf } from './steps.ts';
import { conflictOf, type Failure, writeOneByOne, writeTogether } from './transaction.ts';

interface Parts {
  readonly wire: Wire;
  /** Id of this process, as lanes know it. */
  readonly process: string;
  readonly lanes: Lanes;
  readonly pulse: Pulse;
  readonly cache: KeyCache;
  readonly keys: PersonKeys;
  readonly clock: Clock;
  /** A majority has confirmed a write. */
  readonly proved: () => void;
}

/** What one try came to. */
type Outcome = 'done' | 'again';

/** A commit as it is tried: with the keys it makes, and what it writes. */
interface Prepared {
  readonly changes: readonly Change[];
  readonly keyOf: (draft: AuditDraft) => StoredKey;
  /** Persons whose key is made by this try. */
  readonly made: readonly string[];
}

/**
 * Writes commits. One that changes a single live record and tells nothing is one conditional write; every other one is a
 * transaction on a lane, which also carries the audit, the mark by which it is known again, and the count of what it touched.
 */
export class Committer {
  readonly #parts: Parts;
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** @throws CommitConflict, StoreUnavailable */
  commit(commit: Commit): Promise<void> {
    const work = this.#commit(commit).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
    return work;
  }

  /** Resolves when every commit so far has ended, one way or the other. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }

  async #commit(commit: Commit): Promise<void> {
    const { changes, events = [] } = commit;
    const { wire } = this.#parts;
    const [only] = changes;
    // No further try is begun when most of the time is over.
    const patience = (wire.limits.commitMs(changes.length + events.length) * 7) / 8;
    if (only === undefined && events.length === 0) return;
    if (only !== undefined && changes.length === 1 && events.length === 0 && mayStandAlone(only)) {
      await writeAlone(wire, only, newMark(), patience);
      this.#parts.proved();
      this.#parts.pulse.countAlone(only.collection.name);
      return;
    }
    await this.#inTransaction(changes, events, patience);
  }

  async #inTransaction(changes: readonly Change[], events: readonly AuditDraft[], patience: number): Promise<void> {
    const until = performance.now() + patience;
    for (let tries = 1; ; tries++) {
      const lane = await this.#lane(until);
      if (lane === undefined) continue;
      const outcome = await this.#try(lane, changes, events);
      if (outcome === 'done') return;
      await sleep(Math.random() * Math.min(5 * 2 ** tries, 120));
    }
  }

  /** Undefined = none was to be had just now. @throws StoreUnavailable when the time is over */
  async #lane(until: number): Promise<Lane | undefined> {
    let lane: Lane | undefined;
    try {
      lane = await this.#parts.lanes.take();
    } catch (error) {
      if (!isLost(error)) throw asFault(error);
      await sleep(Math.random() * 50);
    }
    if (performance.now() < until) return lane;
    if (lane !== undefined) this.#parts.lanes.giveBack(lane);
    throw late();
  }

  /** One try; the lane is given back or dropped, whatever comes of it. */
  async #try(lane: Lane, changes: readonly Change[], events: readonly AuditDraft[]): Promise<Outcome> {
    const { lanes, clock, keys, wire } = this.#parts;
    let written: { head: LaneHead; mark: string; touched: string[] };
    try {
      const prepared = await this.#prepare(changes, events);
      const { documents, head } = linkAll(events, lane, clock.now(), keys, prepared.keyOf);
      const mark = newMark();
      const touched = keptOf(prepared.changes);
      const own = laneStep(this.#parts.process, lane, head, mark, touched);
      const steps = [own, ...prepared.changes.map((change) => stepOf(change)), ...documents.map(auditStep)];
      lane.session.startTransaction();
      const failure = await (wire.together
        ? writeTogether(wire, steps, lane.session)
        : writeOneByOne(wire, steps, lane.session));
      if (failure !== undefined) return await this.#failed(lane, failure, own, prepared);
      written = { head, mark, touched };
    } catch (error) {
      if (error instanceof CommitConflict) throw error;
      await lanes.backOut(lane);
      // Nothing is written before the commit itself.
      if (isTransient(error) || isLost(error)) return 'again';
      throw asFault(error);
    }
    const committed = await this.#finish(lane, written.mark);
    if (committed) {
      lane.head = written.head;
      this.#parts.proved();
      this.#parts.cache.forget(changes);
      this.#parts.pulse.count(lane.writer, written.touched);
      for (const name of liveOf(changes)) this.#parts.pulse.countAlone(name);
    }
    lanes.giveBack(lane);
    return committed ? 'done' : 'again';
  }

  /** Commits. When the answer is lost or is a fault, the lane tells what became of it; nothing is ever guessed. */
  async #finish(lane: Lane, mark: string): Promise<boolean> {
    try {
      await lane.session.commitTransaction();
      return true;
    } catch (error) {
      const settled = await this.#parts.lanes.settle(lane, mark);
      if (settled === 'not known') {
        this.#parts.lanes.drop(lane);
        throw new StoreUnavailable('what became of the commit is not known', error);
      }
      return settled === 'committed';
    }
  }

  async #failed(lane: Lane, failure: Failure, own: Step, { made }: Prepared): Promise<Outcome> {
    const { change } = failure.step;
    if (failure.step === own || failure.step.collection === auditCollection) {
      await lane.session.abortTransaction();
      this.#parts.lanes.drop(lane);
      return 'again';
    }
    // Somebody else has made the same record at the same moment: the next try finds it.
    const isOurs = change?.collection.name === personKeys.name && made.includes(change.id);
    if (change === undefined || isOurs || (change.kind === 'put' && failure.index === '_id_')) {
      await this.#parts.lanes.backOut(lane);
      return 'again';
    }
    const conflict = await conflictOf(this.#parts.wire, change, failure.index, lane.session);
    this.#parts.cache.forget([change]);
    // The caller need not wait for that; the lane does.
    void this.#parts.lanes.backOut(lane);
    throw conflict;
  }

  /** Finds or makes the keys that the events are sealed with. */
  async #prepare(changes: readonly Change[], events: readonly AuditDraft[]): Promise<Prepared> {
    const { cache, keys, clock } = this.#parts;
    const needed = new Set(events.map(keyNeeded).filter((person) => person !== undefined));
    const found = new Map<string, StoredKey>();
    for (const person of needed) {
      const own = keyInCommit(changes, person);
      if (own !== undefined) found.set(person, own);
    }
    const others = [...needed].filter((person) => !found.has(person));
    for (const [person, key] of await cache.forSealing(others)) found.set(person, key);
    const made = others.filter((person) => !found.has(person));
    const inserts = made.map((person): Change => {
      const data = keys.create(clock.now());
      found.set(person, data);
      return { kind: 'insert', collection: personKeys, id: person, data };
    });
    const keyOf = (draft: AuditDraft): StoredKey => {
      const person = keyNeeded(draft);
      return person === undefined ? 'hub' : (found.get(person) ?? 'missing');
    };
    return { changes: [...changes, ...inserts], keyOf, made };
  }
}

/** A removal that has to find its record leaves nothing behind that its answer could be read from: it takes a lane. */
function mayStandAlone(change: Change): boolean {
  if (change.collection.life === 'kept') return false;
  return change.kind !== 'remove' || (change.where === undefined && change.ifVersion === undefined);
}

function keptOf(changes: readonly Change[]): string[] {
  return names(changes.filter(({ collection }) => collection.life === 'kept'));
}

function liveOf(changes: readonly Change[]): string[] {
  return names(changes.filter(({ collection }) => collection.life === 'live'));
}

function names(changes: readonly Change[]): string[] {
  return [...new Set(changes.map(({ collection }) => collection.name))];
}

/** Moves the lane on: only if it is still this process's and stands where it is thought to stand. */
function laneStep(
  process: string,
  { writer, head: before }: Lane,
  head: LaneHead,
  mark: string,
  touched: readonly string[],
): Step {
  const counts = touched.map((name) => [`changed.${name}`, 1]);
  return {
    collection: lanesCollection,
    write: {
      kind: 'update',
      filter: { _id: writer, process, seq: before.seq, hash: before.hash, closed: { $exists: false } },
      update: {
        $set: { seq: head.seq, hash: head.hash, at: head.at, n: head.n, commit: mark },
        ...(counts.length === 0 ? {} : { $inc: Object.fromEntries(counts) }),
      },
    },
    must: true,
  };
}

function auditStep(document: AuditDocument): Step {
  return { collection: auditCollection, write: { kind: 'insert', document }, must: false };
}

function late(): StoreUnavailable {
  return new StoreUnavailable('the store could not take the commit in time');
}

function newMark(): string {
  return pooledBytes(12).toString('base64url');
}
