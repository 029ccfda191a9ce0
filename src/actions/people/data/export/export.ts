import { Readable } from 'node:stream';
import { draft, type Origin } from '#domain/audit/event.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import { namesOf } from '../../../audit/names.ts';
import type { Services } from '../../../services.ts';
import { mergedInto } from '../../merge/merged-into.ts';
import { eventsAbout } from './events.ts';
import { othersThan } from './others.ts';
import { recordsOf } from './records.ts';

/** Names the shape; a change that breaks readers raises the number. */
export const exportFormat = 'gatehouse-person/1';

/**
 * Everything that the hub holds about a person as one JSON document: the account with those merged into it, what hangs on them,
 * and the events about them, personal parts opened. No secret, hash or key, and of other people no more than that they are
 * others (`others.ts`). `audit.exported` is on record before the first byte leaves.
 */
export async function exportPerson(services: Services, origin: Origin, person: Stored<Person>): Promise<Readable> {
  const { store, clock } = services;
  const merged = await Promise.all((await mergedInto(services, person.id)).map((id) => store.get(people, id)));
  const accounts = [person, ...merged.filter((one) => one !== undefined)];
  const ids = accounts.map(({ id }) => id);
  const others = othersThan(services, new Set(ids));
  const made = new Date(clock.now()).toISOString();
  // What happens from now on, this export included, is of the next one.
  const events = eventsAbout(services, ids, others, made);
  const records = (await others.without(await recordsOf(services, accounts))) as Record<string, unknown>;
  await store.write({
    changes: [],
    events: [
      draft(origin, 'audit.exported', 'success', {
        subject: { id: person.id },
        detail: { format: exportFormat },
        personal: await namesOf(services, origin, person.id),
      }),
    ],
  });
  const head = { format: exportFormat, issuer: services.settings.issuer, madeAt: made, ...records };
  return Readable.from(written(head, events));
}

/** The events are streamed as the last field, so that somebody's whole history is never in memory. */
async function* written(head: object, events: AsyncIterable<object>): AsyncGenerator<string> {
  yield `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "events": [`;
  let first = true;
  for await (const event of events) {
    yield `${first ? '' : ','}\n    ${JSON.stringify(event)}`;
    first = false;
  }
  yield '\n  ]\n}\n';
}
