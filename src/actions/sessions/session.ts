import { isActive } from '#domain/people/active.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person, SessionRecord } from '#storage/collections.ts';
import type { Services } from '../services.ts';

/**
 * Does this session hold at an instant (ms)? Not beyond its end, not of an account that ended, and not when everything of its
 * person was ended since it began: also the one that was being made in that moment.
 */
export function sessionHolds(session: SessionRecord, person: Stored<Person> | undefined, at: number): boolean {
  return at < session.endsAt && isActive(person, at) && (session.endings ?? 0) === (person.endings ?? 0);
}

/** One system (by client id) that a session has entered, with the grant and the `sid` it was given. */
export interface SessionEntry {
  readonly client: string;
  readonly grant: string;
  readonly sid: string;
}

const grantField = 'grant:';
const sidField = 'sid:';

export function grantFieldOf(client: string): string {
  return `${grantField}${client}`;
}

export function sidFieldOf(client: string): string {
  return `${sidField}${client}`;
}

/** When (ms) a system that limits idleness was last used in this session. */
export function usedFieldOf(client: string): string {
  return `used:${client}`;
}

export function grantOf(session: SessionRecord, client: string): string | undefined {
  const grant = session[grantFieldOf(client)];
  return typeof grant === 'string' ? grant : undefined;
}

export function sidOf(session: SessionRecord, client: string): string | undefined {
  const sid = session[sidFieldOf(client)];
  return typeof sid === 'string' ? sid : undefined;
}

/** The entries of a session, in the order they were made. */
export function entriesOf(session: Stored<SessionRecord>): readonly SessionEntry[] {
  const entries: SessionEntry[] = [];
  for (const field of Object.keys(session)) {
    if (!field.startsWith(grantField)) continue;
    const client = field.slice(grantField.length);
    entries.push({ client, grant: grantOf(session, client) ?? '', sid: sidOf(session, client) ?? '' });
  }
  return entries;
}

/**
 * A session's end moves with activity. A move smaller than this (ms) is not worth a write: at most a minute, and never more than a
 * twentieth of the idle limit, because otherwise a session with a limit of one minute would end although it is used every twenty seconds.
 */
export function worthMoving({ settings }: Pick<Services, 'settings'>): number {
  return Math.min(60_000, settings.lifetimes.sessionIdle / 20);
}
