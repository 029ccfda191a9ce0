import type { mongo } from 'mongoose';
import type { AuditDraft, AuditEvent } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { openEvent } from '../audit/chain.ts';
import { keyHolder } from '../audit/key-holder.ts';
import type { PersonKeys, StoredKey } from '../audit/person-keys.ts';
import { bodyOf, instant, markOf, matchesQuery } from '../audit/query.ts';
import type { AuditPage, AuditQuery, AuditReader, Heads } from '../port.ts';
import { type AuditDocument, auditCollection } from './audit-documents.ts';

import type { Wire } from './connection.ts';
import type { KeyCache } from './key-cache.ts';
import { type LaneDocument, lanesCollection } from './lane.ts';
import type { Limits } from './limits.ts';

const chunk = 500;

/** Where a page ended. */
type Place = Pick<AuditDocument, 'at' | 'n' | 'writer'>;
type Filter = mongo.Filter<AuditDocument>;
type Guard = <T>(work: () => Promise<T>) => Promise<T>;

/** Reads the audit. Personal parts are opened here and nowhere else. */
export class MongoAuditReader implements AuditReader {
  readonly #audit: mongo.Collection<AuditDocument>;
  readonly #lanes: mongo.Collection<LaneDocument>;
  readonly #limits: Limits;
  readonly #keys: PersonKeys;
  readonly #cache: KeyCache;
  readonly #within: Guard;

  /** @param within puts a deadline on a call */
  constructor({ db, limits }: Wire, keys: PersonKeys, cache: KeyCache, within: Guard) {
    this.#limits = limits;
    this.#audit = db.collection(auditCollection);
    this.#lanes = db.collection(lanesCollection);
    this.#keys = keys;
    this.#cache = cache;
    this.#within = within;
  }

  async query(query: AuditQuery): Promise<AuditPage> {
    const size = query.limit ?? 100;
    if (!Number.isInteger(size) || size < 1 || size > 1000) throw new Error('limit is 1 to 1000');
    const mark = markOf(query);
    const items: AuditDocument[] = [];
    for await (const documents of this.#chunks(query, size + 1, readCursor(query.cursor, mark))) {
      for (const document of documents) if (matchesQuery(bodyOf(document), query)) items.push(document);
      if (items.length > size) break;
    }
    const page = items.slice(0, size);
    const last = page.at(-1);
    const next = items.length > size && last !== undefined ? writeCursor(mark, last) : null;
    return { items: await this.#open(page), next };
  }

  /** By time, and so by number within each writer. What is written while somebody reads may or may not be among it. */
  async *export(query: AuditQuery): AsyncIterable<AuditEvent> {
    for await (const documents of this.#chunks({ ...query, order: 'oldest' }, chunk)) {
      yield* await this.#open(documents.filter((document) => matchesQuery(bodyOf(document), query)));
    }
  }

  async heads(): Promise<Heads> {
    const lanes = await this.#within(() =>
      this.#lanes
        .find({ seq: { $gt: 0 } }, { projection: { seq: 1, hash: 1 }, sort: { _id: 1 }, ...this.#limits.read })
        .toArray(),
    );
    return Object.fromEntries(lanes.map(({ _id, seq, hash }) => [_id, { seq, hash }]));
  }

  /** What may answer the query, in order, a chunk at a time; the caller looks at each record itself. */
  async *#chunks(query: AuditQuery, size: number, start?: Place): AsyncIterable<AuditDocument[]> {
    const way = query.order === 'oldest' ? 1 : -1;
    const wanted = filterOf(query);
    const sort = { at: way, n: way, writer: way } as const;
    for (let place = start; ; ) {
      const filter = place === undefined ? wanted : { $and: [wanted, behind(place, way)] };
      const options = { sort, limit: Math.min(size, chunk), ...this.#limits.read };
      const documents = await this.#within(() => this.#audit.find(filter as Filter, options).toArray());
      if (documents.length > 0) yield documents;
      if (documents.length < options.limit) return;
      place = documents.at(-1);
    }
  }

  async #open(documents: readonly AuditDocument[]): Promise<AuditEvent[]> {
    const holders = documents.map((document) => keyHolder(draftOf(document))).filter((person) => person !== undefined);
    const found = await this.#within(() => this.#cache.read([...new Set(holders)]));
    const keyOf = (event: AuditDraft): StoredKey => {
      const person = keyHolder(event);
      return person === undefined ? 'hub' : (found.get(person) ?? 'missing');
    };
    return documents.map((document) => openEvent({ ...document, sealed: document.sealed ?? null }, this.#keys, keyOf));
  }
}

function draftOf(document: AuditDocument): Pick<AuditDraft, 'actor' | 'subject'> {
  const { actor = { kind: 'hub' }, subject } = bodyOf(document);
  return { actor, ...(subject === undefined ? {} : { subject }) };
}

function filterOf(query: AuditQuery): Filter {
  const { person, system, via, session, type, outcome, writer, since, until } = query;
  const at = {
    ...(since === undefined ? {} : { $gte: instant(since, 'since') }),
    ...(until === undefined ? {} : { $lt: instant(until, 'until') }),
  };
  return {
    ...(person === undefined ? {} : { who: person }),
    ...(system === undefined ? {} : { system }),
    ...(via === undefined ? {} : { via }),
    ...(session === undefined ? {} : { session }),
    ...(type === undefined ? {} : { type: typeOf(type) }),
    ...(outcome === undefined ? {} : { outcome: outcome === 'success' ? { $exists: false } : outcome }),
    ...(writer === undefined ? {} : { writer }),
    ...(Object.keys(at).length === 0 ? {} : { at }),
  } as Filter;
}

function typeOf(type: string): unknown {
  // `/` follows `.` in the order of characters.
  return type.endsWith('.') ? { $gte: type, $lt: `${type.slice(0, -1)}/` } : type;
}

function behind({ at, n, writer }: Place, way: 1 | -1): Filter {
  const beyond = way === 1 ? '$gt' : '$lt';
  return {
    $or: [{ at: { [beyond]: at } }, { at, n: { [beyond]: n } }, { at, n, writer: { [beyond]: writer } }],
  } as Filter;
}

function writeCursor(mark: string, { at, n, writer }: Place): string {
  return Buffer.from(JSON.stringify([mark, at, n, writer])).toString('base64url');
}

function readCursor(cursor: string | undefined, mark: string): Place | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parsed) && parsed[0] === mark) {
      const [, at, n, writer] = parsed as unknown[];
      if (Number.isFinite(at) && Number.isFinite(n) && typeof writer === 'string') {
        return { at: Number(at), n: Number(n), writer };
      }
    }
  } catch {
    // Falls through to the refusal.
  }
  throw new HubError('bad-request', 'The cursor does not belong to this query');
}
