import type { Origin } from '#domain/audit/event.ts';
import { isActive } from '#domain/people/active.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type MailDelivery, outbox, type Person } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { Services } from '../services.ts';

/** What is sealed of a mail while it waits. */
export interface MailContents {
  readonly to: string;
  readonly name: string;
  /** What the template puts into its texts; instants in ms. */
  readonly values: Readonly<Record<string, string | number>>;
  /** Where the mail leads, below the issuer. */
  readonly path?: string;
}

export interface Letter {
  readonly template: MailDelivery['template'];
  readonly values?: MailContents['values'];
  readonly path?: string;
  /** The person it speaks of, where that is not who gets it: their erasure takes it away. */
  readonly about?: string;
  /** Worthless after this, in ms; by default after a day. */
  readonly until?: number;
}

const day = 24 * 60 * 60 * 1000;
/** A person's attributes that may name their language. */
const languageAttributes = ['locale', 'language', 'preferredLanguage'];

/** What queues a mail to a person, for the commit of the act that it tells of. Who has no address, or no account any more, gets none. */
export function letterTo(
  services: Pick<Services, 'clock' | 'seal'>,
  origin: Origin,
  person: Stored<Person>,
  letter: Letter,
): Change[] {
  if (person.email === undefined || !isActive(person, services.clock.now())) return [];
  const now = services.clock.now();
  const { template, values = {}, path, about, until = now + day } = letter;
  const contents: MailContents = {
    to: person.email,
    name: person.name,
    values,
    ...(path === undefined ? {} : { path }),
  };
  const data: MailDelivery = {
    kind: 'mail',
    template,
    locale: languageOf(person) ?? origin.locale ?? 'en',
    person: person.id,
    ...(about === undefined ? {} : { about }),
    sealed: services.seal.seal('mail', JSON.stringify(contents)),
    status: 'waiting',
    attempts: 0,
    nextAt: now,
    giveUpAt: until,
    createdAt: now,
  };
  return [{ kind: 'insert', collection: outbox, id: uuidv7(now), data }];
}

function languageOf({ attributes }: Pick<Person, 'attributes'>): string | undefined {
  return languageAttributes.map((name) => attributes[name]).find((value) => typeof value === 'string');
}
