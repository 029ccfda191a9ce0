import { setTimeout as sleep } from 'node:timers/promises';
import type { mongo } from 'mongoose';
import type { Logger } from '#platform/log.ts';
import { newWriter } from '../audit/chain.ts';
import { StoreUnavailable } from '../port.ts';
import { lanesPerProcess, type Wire } from './connection.ts';
import { headOf, type Lane, type LaneDocument, lanesCollection, newLane } from './lane.ts';
import type { Processes } from './processes.ts';

interface Parts {
  readonly wire: Wire;
  readonly processes: Processes;
  readonly log: Logger | undefined;
}

/** What became of a commit whose answer was lost. */
export type Settled = 'committed' | 'not committed' | 'not known';

/**
 * The lanes of this process: taken when more commits run at once than there are lanes, up to sixteen; given to one commit at a
 * time, the last used first. Free lanes of the store are taken over before a new one is made.
 */
export class Lanes {
  readonly #parts: Parts;
  readonly #lanes: mongo.Collection<LaneDocument>;
  readonly #free: Lane[] = [];
  readonly #waiting: ((lane: Lane | Error) => void)[] = [];
  #held = 0;
  /** Lanes whose transaction is just being ended, and which are free in a moment. */
  #ending = 0;
  #claiming: Promise<void> | undefined;
  #closed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#lanes = parts.wire.db.collection(lanesCollection);
  }

  /** A lane for one commit; to be given back or dropped. @throws StoreUnavailable */
  take(): Promise<Lane> {
    if (this.#closed) return Promise.reject(new StoreUnavailable('the store is closed'));
    const lane = this.#free.pop();
    if (lane !== undefined) return Promise.resolve(lane);
    const { promise, resolve, reject } = Promise.withResolvers<Lane>();
    this.#waiting.push((given) => (given instanceof Error ? reject(given) : resolve(given)));
    this.#claimMore();
    return promise;
  }

  giveBack(lane: Lane): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(lane);
    else next(lane);
  }

  /** Another process has it: it is none of ours any more. */
  drop(lane: Lane): void {
    this.#held--;
    this.#parts.log?.warn({ writer: lane.writer }, 'another process took over a lane of the audit');
    void lane.session.endSession().catch(() => {});
    this.#claimMore();
  }

  /** Ends the transaction on a lane and gives it back then; resolves afterwards. */
  async backOut(lane: Lane): Promise<void> {
    this.#ending++;
    await lane.session.abortTransaction().catch(() => {});
    this.#ending--;
    this.giveBack(lane);
  }

  /**
   * Finds out what became of a commit, however long that takes: a write to the lane waits for or undoes whatever is still
   * open on it, and the mark that it then finds is the answer. Meanwhile the lane serves nobody.
   */
  async settle(lane: Lane, mark: string): Promise<Settled> {
    for (let pause = 20; !this.#closed; pause = Math.min(2 * pause, 250)) {
      try {
        await this.#renewSession(lane);
        const session = idOf(lane.session);
        const found = await this.#lanes.findOneAndUpdate(
          { _id: lane.writer, process: this.#parts.processes.id },
          { $inc: { fence: 1 }, ...(session === undefined ? {} : { $set: { session } }) },
          { returnDocument: 'after', ...this.#parts.wire.limits.write },
        );
        if (found !== null) return found.commit === mark ? 'committed' : 'not committed';
        const taken = await this.#lanes.findOne({ _id: lane.writer }, { ...this.#parts.wire.limits.read });
        return taken?.commit === mark ? 'committed' : 'not known';
      } catch (error) {
        this.#parts.log?.debug({ err: error, writer: lane.writer }, 'a commit is still to be settled');
        await sleep(pause);
      }
    }
    return 'not known';
  }

  /** Lets go of every lane, so that the next process takes them over. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting(new StoreUnavailable('the store is closed'));
    await this.#claiming?.catch(() => {});
    const { id } = this.#parts.processes;
    await this.#lanes
      .updateMany({ process: id }, { $unset: { process: '', session: '' } }, { ...this.#parts.wire.limits.write })
      // Whoever comes next takes them over from a process that is gone.
      .catch(() => {});
    await this.letGo();
  }

  /** Forgets the lanes that nobody uses at the moment; nothing is written. */
  async letGo(): Promise<void> {
    for (const lane of this.#free.splice(0)) {
      this.#held--;
      await lane.session.endSession().catch(() => {});
    }
  }

  /** One more lane, if those that are free in a moment are too few for those who wait. */
  #claimMore(): void {
    if (this.#closed || this.#waiting.length <= this.#ending || this.#held >= lanesPerProcess) return;
    this.#claiming ??= this.#claim()
      .then(
        (lane) => {
          this.#held++;
          this.giveBack(lane);
        },
        (error: unknown) => this.#waiting.shift()?.(error as Error),
      )
      .finally(() => {
        this.#claiming = undefined;
        this.#claimMore();
      });
  }

  async #claim(): Promise<Lane> {
    const session = this.#newSession();
    const id = idOf(session);
    if (id === undefined) throw new StoreUnavailable('the driver gave no session');
    const { processes, log } = this.#parts;
    const living = await processes.living();
    const orphans = { process: { $nin: [...living, processes.id] }, closed: { $exists: false } };
    const candidates = await this.#lanes
      .find(orphans, { sort: { at: -1, _id: 1 }, limit: 50, ...this.#parts.wire.limits.read })
      .toArray();
    for (const candidate of candidates) {
      const lane = await this.#takeOver(candidate, id).catch((error: unknown) => {
        log?.debug({ err: error, writer: candidate._id }, 'a lane cannot be taken over yet');
        return null;
      });
      if (lane !== null) return { writer: lane._id, head: headOf(lane), session };
    }
    const fresh = newLane(newWriter(), processes.id, id);
    await this.#lanes.insertOne(fresh, { ...this.#parts.wire.limits.write });
    return { writer: fresh._id, head: headOf(fresh), session };
  }

  /** Takes a lane that nobody living has; what its last holder left open is ended first, because it would hold the lane. */
  async #takeOver(candidate: LaneDocument, session: mongo.Binary): Promise<LaneDocument | null> {
    if (candidate.session !== undefined) await this.#kill(candidate.session);
    const holder = candidate.process === undefined ? { $exists: false } : candidate.process;
    return this.#lanes.findOneAndUpdate(
      { _id: candidate._id, process: holder, closed: { $exists: false } } as mongo.Filter<LaneDocument>,
      { $set: { process: this.#parts.processes.id, session }, $inc: { fence: 1 } },
      { returnDocument: 'after', maxTimeMS: Math.floor(this.#parts.wire.limits.callMs / 3) },
    );
  }

  async #renewSession(lane: Lane): Promise<void> {
    const before = idOf(lane.session);
    void lane.session.endSession().catch(() => {});
    lane.session = this.#newSession();
    if (before !== undefined) await this.#kill(before);
  }

  async #kill(session: mongo.Binary): Promise<void> {
    const { client, limits } = this.#parts.wire;
    const admin = client.db('admin');
    await admin.command({ killSessions: [{ id: session }], ...limits.write }).catch(() => {});
  }

  #newSession(): mongo.ClientSession {
    return this.#parts.wire.client.startSession({
      causalConsistency: false,
      defaultTransactionOptions: {
        // No read concern is named: what a transaction saw is as majority-committed as itself, once it is.
        writeConcern: { w: 'majority', journal: true },
        readPreference: 'primary',
        maxCommitTimeMS: this.#parts.wire.limits.callMs,
      },
    });
  }
}

function idOf(session: mongo.ClientSession): mongo.Binary | undefined {
  return session.id?.id;
}
