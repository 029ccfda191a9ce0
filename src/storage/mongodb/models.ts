import { type Connection, type IndexDefinition, type IndexOptions, type Model, Schema } from 'mongoose';
import type { Collection } from '../collection.ts';
import { indexesOf, type NamedIndex } from '../record.ts';
import { pathOf, type RecordDocument } from './document.ts';
import { type FieldKind, fieldKinds } from './fields.ts';

/** Seconds after its expiry that the server's broom may take a live record; until then readers may still look at it. */
const broomAfter = 600;

const types: Readonly<Record<FieldKind, unknown>> = {
  string: String,
  number: Number,
  boolean: Boolean,
  strings: [String],
  mixed: Schema.Types.Mixed,
};

/** A mongoose model made of a collection's one declaration: fields, unique and ordered indexes, time to live. */
export function modelOf(connection: Connection, collection: Collection): Model<RecordDocument> {
  const kinds = fieldKinds(collection);
  const fields = Object.fromEntries([...kinds].map(([name, kind]) => [name, { type: types[kind] }]));
  const data = new Schema(fields, { _id: false, strict: false, id: false });
  const schema = new Schema<RecordDocument>(
    { _id: String, v: { type: Number, required: true }, x: Date, c: String, d: { type: data, required: true } },
    { versionKey: false, id: false, collection: collection.name, autoIndex: false, autoCreate: false, minimize: false },
  );
  for (const { keys, options } of indexSpecs(collection)) schema.index(keys, options);
  return connection.model<RecordDocument>(collection.name, schema);
}

interface IndexSpec {
  readonly keys: IndexDefinition;
  readonly options: IndexOptions & { name: string };
}

function indexSpecs(collection: Collection): IndexSpec[] {
  const kinds = fieldKinds(collection);
  const specs = indexesOf(collection).map((index) => specOf(index, kinds));
  if (collection.life === 'live') {
    specs.push({ keys: { x: 1 }, options: { name: 'broom', expireAfterSeconds: broomAfter } });
  }
  return specs;
}

function specOf({ name, fields, unique }: NamedIndex, kinds: ReadonlyMap<string, FieldKind>): IndexSpec {
  const paths = fields.map((field) => [pathOf(field), 1] as const);
  // Ties go by id, so that pages follow one another along the index.
  if (!unique) return { keys: Object.fromEntries([...paths, ['_id', 1]]), options: { name } };
  const present = fields.map((field) => [pathOf(field), presence(kinds.get(field))]);
  return {
    keys: Object.fromEntries(paths),
    options: { name, unique: true, partialFilterExpression: Object.fromEntries(present) },
  };
}

/** An empty list has no entry, so two of them must not meet: text goes by "is any text", everything else by being there. */
function presence(kind: FieldKind | undefined): object {
  return kind === 'string' || kind === 'strings' ? { $gte: '' } : { $exists: true };
}
