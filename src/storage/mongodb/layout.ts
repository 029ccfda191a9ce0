import type { Model, mongo } from 'mongoose';
import type { Sealer } from '#platform/seal.ts';
import type { Collection } from '../collection.ts';
import { StoreTooNew, WrongSecret } from '../refusals.ts';
import { auditCollection, auditIndexes, auditOrder } from './audit-documents.ts';
import type { Wire } from './connection.ts';
import type { RecordDocument } from './document.ts';

/** Raised when what the engine itself keeps changes its meaning. */
export const layoutVersion = 1;

/** Collections made at once: each waits for a connection of its own, which a slow server gives slowly. */
const atOnce = 4;

interface Fact {
  readonly _id: string;
  readonly value: string;
}

/**
 * Checks the schema numbers and the secret, then makes the collections and indexes that are missing. Indexes declared otherwise than
 * before are made anew.
 *
 * @throws StoreTooNew, WrongSecret
 */
export async function prepareLayout(
  { db, store }: Wire,
  seal: Sealer,
  models: readonly { collection: Collection; model: Model<RecordDocument> }[],
): Promise<void> {
  const facts = db.collection<Fact>('facts');
  const known = new Map((await facts.find({}).toArray()).map(({ _id, value }) => [_id, value]));
  const check = (what: string, fact: string, version: number) => {
    const found = Number(known.get(fact) ?? 0);
    if (found > version) throw new StoreTooNew(store, what, found, version);
  };
  check('the layout', 'layout', layoutVersion);
  for (const { collection } of models) check(collection.name, `schema:${collection.name}`, collection.schemaVersion);
  await ensureSecret(store, seal, facts, known.get('secret'));

  const wanted = new Map<string, readonly IndexSpec[]>([
    ['lanes', []],
    ['processes', []],
    [auditCollection, auditSpecs()],
    ...models.map(({ collection, model }) => [collection.name, specsOf(model)] as const),
  ]);
  const left = wanted.entries();
  const make = async (): Promise<void> => {
    for (const [name, specs] of left) await makeIndexes(db, name, specs);
  };
  await Promise.all(Array.from({ length: atOnce }, make));
  const written = [
    { _id: 'layout', value: String(layoutVersion) },
    ...models.map(({ collection }) => ({ _id: `schema:${collection.name}`, value: String(collection.schemaVersion) })),
  ];
  const changed = written.filter(({ _id, value }) => known.get(_id) !== value);
  if (changed.length === 0) return;
  await facts.bulkWrite(
    changed.map(({ _id, value }) => ({ updateOne: { filter: { _id }, update: { $set: { value } }, upsert: true } })),
  );
}

/** Refuses at the start, rather than at the first sealed value somebody needs. */
async function ensureSecret(
  store: string,
  seal: Sealer,
  facts: mongo.Collection<Fact>,
  known: string | undefined,
): Promise<void> {
  const value = seal.seal('store', 'ours');
  const proof =
    known ??
    (
      await facts.findOneAndUpdate(
        { _id: 'secret' },
        { $setOnInsert: { value } },
        { upsert: true, returnDocument: 'after' },
      )
    )?.value ??
    value;
  try {
    seal.open('store', proof);
  } catch (error) {
    throw new WrongSecret(store, error);
  }
}

interface IndexSpec {
  readonly keys: Record<string, 1>;
  readonly options: { readonly name: string } & mongo.CreateIndexesOptions;
}

function specsOf(model: Model<RecordDocument>): IndexSpec[] {
  return model.schema.indexes().map(([keys, options]) => ({ keys, options }) as IndexSpec);
}

function auditSpecs(): IndexSpec[] {
  return Object.entries(auditIndexes).map(([name, { keys, partial }]) => ({
    keys: { ...keys, ...auditOrder },
    options: { name, ...(partial === undefined ? {} : { partialFilterExpression: { [partial]: { $exists: true } } }) },
  }));
}

/** 48: the collection exists. 85, 86: an index of that name or shape exists, declared otherwise. */
const exists = 48;
const otherwise: ReadonlySet<unknown> = new Set([85, 86]);

/** One command where everything is as it should be. A collection has to be there before a transaction writes to it. */
async function makeIndexes(db: mongo.Db, name: string, specs: readonly IndexSpec[]): Promise<void> {
  if (specs.length === 0) {
    await db.createCollection(name).catch((error: { code?: unknown }) => {
      if (error.code !== exists) throw error;
    });
    return;
  }
  const collection = db.collection(name);
  const wanted = specs.map(({ keys, options }) => ({ key: keys, ...options }));
  try {
    await collection.createIndexes(wanted);
  } catch (error) {
    if (!otherwise.has((error as { code?: unknown }).code)) throw error;
    for (const one of wanted) await makeAnew(collection, one);
  }
}

async function makeAnew(
  collection: mongo.Collection,
  wanted: mongo.IndexDescription & { name: string },
): Promise<void> {
  try {
    await collection.createIndexes([wanted]);
  } catch (error) {
    if (!otherwise.has((error as { code?: unknown }).code)) throw error;
    await collection.dropIndex(wanted.name);
    await collection.createIndexes([wanted]);
  }
}
