import { type Person, people, scimUsers } from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import { personLabel } from '../access/subject.ts';
import { hasHubRights } from '../people/rights.ts';
import type { Services } from '../services.ts';
import type { ScimClient } from './client.ts';

/** The effect of a client sending every user again, as products do after they are connected from scratch. */
export interface Reconnect {
  /** Users it made or linked: found by externalId or userName, and brought up to date. */
  readonly known: number;
  /** Deleted by it; sent again they are let in again. */
  readonly deleted: number;
  /** Active people of whom it knows nothing and who would be linked by their employee number. */
  readonly adopted: number;
  /** Active people whose e-mail or username it could not use: 409, until an administrator decides. */
  readonly refused: number;
  /** Some of the last. */
  readonly examples: readonly { readonly id: string; readonly label: string }[];
}

const mostExamples = 20;

export async function previewReconnect(services: Services, client: ScimClient): Promise<Reconnect> {
  const own = new Set<string>();
  let [known, deleted, adopted, refused] = [0, 0, 0, 0];
  for await (const { person, state } of everyRecord(services.store, scimUsers, { where: { client: client.id } })) {
    own.add(person);
    if (state === 'live') known += 1;
    else deleted += 1;
  }
  const examples: { id: string; label: string }[] = [];
  for await (const person of everyRecord<Person>(services.store, people, { where: { status: 'active' } })) {
    if (own.has(person.id)) continue;
    const byNumber = client.adopt !== undefined && person.employeeNumber !== undefined;
    if (byNumber && !(await hasHubRights(services, person))) adopted += 1;
    else {
      refused += 1;
      if (examples.length < mostExamples) examples.push({ id: person.id, label: personLabel(person) });
    }
  }
  return { known, deleted, adopted, refused, examples };
}
