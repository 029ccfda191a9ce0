import type { mongo } from 'mongoose';
import type { AuditDraft } from '#domain/audit/event.ts';
import type { Collection } from '../collection.ts';
import type { CopyMark, Moving, RawEvent, RawRecord } from '../moving/moving.ts';
import type { Heads } from '../port.ts';
import type { Data } from '../record.ts';
import { type AuditDocument, auditCollection, auditOrder, documentOf } from './audit-documents.ts';
import type { Wire } from './connection.ts';
import { fromDocument, type RecordDocument, toData } from './document.ts';
import { type LaneDocument, lanesCollection } from './lane.ts';
import type { Limits } from './limits.ts';

/** Records in one command: few enough for a slow server's time limit. */
const read = 500;
const written = 100;
const fact = 'copy';

interface Fact {
  readonly _id: string;
  readonly value: string;
}

/** A store on MongoDB as a whole. The caller is alone with it. */
export class MongoMoving implements Moving {
  readonly #db: mongo.Db;
  readonly #limits: Limits;

  constructor({ db, limits }: Wire) {
    this.#db = db;
    this.#limits = limits;
  }

  async *records({ name }: Collection, after = ''): AsyncGenerator<RawRecord[]> {
    const documents = this.#db.collection<RecordDocument>(name);
    for (let last = after; ; ) {
      const options = { sort: { _id: 1 }, limit: read, ...this.#limits.read } as const;
      const page = await documents.find({ _id: { $gt: last } }, options).toArray();
      const end = page.at(-1);
      if (end === undefined) return;
      last = end._id;
      yield page.map(rawOf);
    }
  }

  async *events(from = 0): AsyncGenerator<RawEvent[]> {
    const audit = this.#audit();
    let place: Pick<AuditDocument, 'at' | 'n' | 'writer'> = { at: from, n: -1, writer: '' };
    for (;;) {
      const { at, n, writer } = place;
      const behind = {
        $or: [{ at: { $gt: at } }, { at, n: { $gt: n } }, { at, n, writer: { $gt: writer } }],
      };
      const page = await audit.find(behind, { sort: auditOrder, limit: read, ...this.#limits.read }).toArray();
      const end = page.at(-1);
      if (end === undefined) return;
      place = end;
      yield page.map(({ writer, seq, at, body, hash, sealed }) => ({
        ...{ writer, seq, at, body, hash },
        sealed: sealed ?? null,
      }));
    }
  }

  async takeRecords({ name }: Collection, records: readonly RawRecord[]): Promise<void> {
    const documents = this.#db.collection<RecordDocument>(name);
    for (let at = 0; at < records.length; at += written) {
      const part = records.slice(at, at + written).map(({ id, version, expiresAt, data }) => ({
        replaceOne: {
          filter: { _id: id },
          replacement: { v: version, ...(expiresAt === undefined ? {} : { x: new Date(expiresAt) }), d: toData(data) },
          upsert: true,
        },
      }));
      await documents.bulkWrite(part, { ordered: false });
    }
  }

  async takeEvents(events: readonly RawEvent[]): Promise<void> {
    const audit = this.#audit();
    const newest = await audit.find({}, { sort: { at: -1, n: -1 }, limit: 1, ...this.#limits.read }).toArray();
    let n = newest[0]?.n ?? 0;
    for (let at = 0; at < events.length; at += written) {
      const part = events.slice(at, at + written).map((event) => {
        // Orders what is of one millisecond as it came.
        n = Math.max(event.at * 1000, n + 1);
        return documentOf(draftOf(event), event.writer, { ...event, n }, event);
      });
      try {
        await audit.insertMany(part, { ordered: false });
      } catch (error) {
        if (!onlyThereAlready(error)) throw error;
      }
    }
  }

  async newestEventAt(): Promise<number | undefined> {
    const [newest] = await this.#audit()
      .find({}, { sort: { at: -1, n: -1, writer: -1 }, limit: 1, ...this.#limits.read })
      .toArray();
    return newest?.at;
  }

  async mark(): Promise<CopyMark | undefined> {
    const found = await this.#facts().findOne({ _id: fact }, { ...this.#limits.read });
    return found === null ? undefined : (JSON.parse(found.value) as CopyMark);
  }

  async setMark(mark: CopyMark): Promise<void> {
    await this.#facts().updateOne({ _id: fact }, { $set: { value: JSON.stringify(mark) } }, { upsert: true });
  }

  async clearMark(): Promise<void> {
    await this.#facts().deleteOne({ _id: fact });
  }

  /** The lanes that came along are closed ones here: nobody goes on writing what another store may still write. */
  async settle(heads: Heads): Promise<void> {
    const lanes = this.#db.collection<LaneDocument>(lanesCollection);
    for (const [writer, { seq, hash }] of Object.entries(heads)) {
      const lane = { seq, hash, at: 0, n: 0, fence: 0, changed: {}, closed: true } as const;
      await lanes.replaceOne({ _id: writer }, lane, { upsert: true });
    }
  }

  #audit(): mongo.Collection<AuditDocument> {
    return this.#db.collection<AuditDocument>(auditCollection);
  }

  #facts(): mongo.Collection<Fact> {
    return this.#db.collection<Fact>('facts');
  }
}

function rawOf(document: RecordDocument): RawRecord {
  const { id, version, expiresAt, ...data } = fromDocument<Data>(document);
  return { id, version, expiresAt, data };
}

/** The words an event is found by; none for a body that somebody wrote over, which is moved as it is. */
function draftOf({ body }: RawEvent): AuditDraft {
  try {
    const event = JSON.parse(body) as AuditDraft | null;
    if (typeof event?.type === 'string' && typeof event.actor === 'object') return event;
  } catch {
    // Falls through to one without words.
  }
  return { type: 'unreadable', outcome: 'failure', actor: { kind: 'hub' } } as unknown as AuditDraft;
}

function onlyThereAlready(error: unknown): boolean {
  const faults = (error as { writeErrors?: { code?: unknown }[] | { code?: unknown } }).writeErrors;
  const all = Array.isArray(faults) ? faults : faults === undefined ? [] : [faults];
  return all.length > 0 && all.every(({ code }) => code === 11_000);
}
