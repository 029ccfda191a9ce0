import type { Connection, Model, mongo } from 'mongoose';
import type { Sealer } from '#platform/seal.ts';
import type { Collection } from '../collection.ts';
import { StoreTooNew, WrongSecret } from '../refusals.ts';
import { auditCollection, auditIndexes, auditOrder } from './audit-documents.ts';
import type { RecordDocument } from './document.ts';
import { indexSpecs } from './models.ts';

/** Raised when what the engine itself keeps changes its meaning. */
export const layoutVersion = 1;

interface Fact {
  readonly _id: string;
  readonly value: string;
}

interface Parts {
  readonly connection: Connection;
  /** The address without its secrets, for messages. */
  readonly store: string;
  readonly seal: Sealer;
}

/**
 * Checks the schema numbers and the secret, then makes the collections and indexes that are missing. Indexes declared otherwise than
 * before are made anew.
 *
 * @throws StoreTooNew, WrongSecret
 */
export async function prepareLayout(
  parts: Parts,
  models: readonly { collection: Collection; model: Model<RecordDocument> }[],
): Promise<void> {
  const db = parts.connection.getClient().db(parts.connection.name);
  const facts = db.collection<Fact>('facts');
  const known = new Map((await facts.find({}).toArray()).map(({ _id, value }) => [_id, value]));
  const check = (what: string, fact: string, version: number) => {
    const found = Number(known.get(fact) ?? 0);
    if (found > version) throw new StoreTooNew(parts.store, what, found, version);
  };
  check('the layout', 'layout', layoutVersion);
  for (const { collection } of models) check(collection.name, `schema:${collection.name}`, collection.schemaVersion);
  await ensureSecret(parts, facts, known.get('secret'));

  for (const name of ['lanes', 'processes', auditCollection]) await ensureCollection(db, name);
  await makeIndexes(db.collection(auditCollection), auditSpecs());
  for (const { collection, model } of models) {
    await ensureCollection(db, collection.name);
    await makeIndexes(model.collection, indexSpecs(collection) as IndexSpec[]);
  }
  const written = [
    { _id: 'layout', value: String(layoutVersion) },
    ...models.map(({ collection }) => ({ _id: `schema:${collection.name}`, value: String(collection.schemaVersion) })),
  ];
  for (const { _id, value } of written) {
    if (known.get(_id) !== value) await facts.updateOne({ _id }, { $set: { value } }, { upsert: true });
  }
}

/** Refuses at the start, rather than at the first sealed value somebody needs. */
async function ensureSecret(
  { store, seal }: Parts,
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

function auditSpecs(): IndexSpec[] {
  return Object.entries(auditIndexes).map(([name, { keys, partial }]) => ({
    keys: { ...keys, ...auditOrder },
    options: { name, ...(partial === undefined ? {} : { partialFilterExpression: { [partial]: { $exists: true } } }) },
  }));
}

async function ensureCollection(db: mongo.Db, name: string): Promise<void> {
  try {
    await db.createCollection(name);
  } catch (error) {
    // 48: it exists.
    if ((error as { code?: unknown }).code !== 48) throw error;
  }
}

/** 85, 86: an index of that name or shape exists, declared otherwise. */
const otherwise: ReadonlySet<unknown> = new Set([85, 86]);

async function makeIndexes(
  collection: Pick<mongo.Collection, 'createIndex' | 'dropIndex'>,
  specs: readonly IndexSpec[],
) {
  for (const { keys, options } of specs) {
    try {
      await collection.createIndex(keys, options);
    } catch (error) {
      if (!otherwise.has((error as { code?: unknown }).code)) throw error;
      await collection.dropIndex(options.name);
      await collection.createIndex(keys, options);
    }
  }
}
