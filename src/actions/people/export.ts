import { type AttributeColumns, headingLine, noteAttributes, personLine } from '#domain/people/csv/write.ts';
import { fieldsOf } from '#domain/people/record.ts';
import { people } from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';

/** Everybody as a people CSV without passwords, line by line. What it writes, an import reads as no change. */
export async function* exportPeople({ store }: Pick<Services, 'store'>): AsyncGenerator<string> {
  const columns: AttributeColumns = new Map();
  // The columns are those that anybody has, so everybody is looked at twice.
  for await (const person of everyRecord(store, people)) noteAttributes(columns, fieldsOf(person));
  yield headingLine(columns);
  for await (const person of everyRecord(store, people)) yield personLine(columns, fieldsOf(person));
}
