import { type AuditDraft, draft, type JsonObject, type Origin } from '#domain/audit/event.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { grants, type LogoutDelivery, outbox, people, type SessionRecord, sessions } from '#storage/collections.ts';
import type { Change, Commit } from '#storage/port.ts';
import { forgetBrowsers } from '../factors/remembered.ts';
import { findLink } from '../links/link-for.ts';
import { named } from '../named.ts';
import type { Services } from '../services.ts';
import { systemByClientId } from '../systems/directory.ts';
import { entriesOf } from './session.ts';

/** Why a session ended; kept in `session.ended`. */
export type EndingReason =
  | 'signed-out'
  | 'admin'
  | 'disabled'
  | 'password-changed'
  | 'factors-reset'
  | 'expired'
  | 'replaced'
  | 'erased'
  | 'source-disabled';

/** Endings after which no browser may be spared a code any more. */
const forgetting: ReadonlySet<EndingReason> = new Set(['disabled', 'password-changed', 'factors-reset', 'erased']);

/** How long the hub goes on telling a system that a session ended (security.md). */
const tellFor = 24 * 60 * 60 * 1000;

/**
 * What ends one session, for the commit of whatever ends it: the session and its grants go (tokens and codes are bound to
 * both, so they die with them), every system entered is to be told by a logout token, and all of it is on record.
 */
export async function endingOfSession(
  services: Services,
  origin: Origin,
  session: Stored<SessionRecord>,
  why: EndingReason,
  detail: JsonObject = {},
): Promise<Commit> {
  const now = services.clock.now();
  const person = await services.store.get(people, session.account);
  const personal = person === undefined ? {} : { personal: { subject: named(person) } };
  const about = { subject: { id: session.account }, session: session.uid, ...personal };
  const changes: Change[] = [{ kind: 'remove', collection: sessions, id: session.id }];
  const events: AuditDraft[] = [draft(origin, 'session.ended', 'success', { ...about, detail: { why, ...detail } })];
  for (const entry of entriesOf(session)) {
    changes.push({ kind: 'remove', collection: grants, id: entry.grant });
    const system = await systemByClientId(services, entry.client);
    if (system?.backchannelLogoutUri === undefined) continue;
    const link = await findLink(services, session.account, system.id);
    const data: LogoutDelivery = {
      kind: 'logout',
      system: system.id,
      person: session.account,
      session: session.uid,
      sid: entry.sid,
      ...(link === undefined ? {} : { sub: link.sub }),
      status: 'waiting',
      attempts: 0,
      nextAt: now,
      giveUpAt: now + tellFor,
      createdAt: now,
    };
    const id = uuidv7(now);
    changes.push({ kind: 'insert', collection: outbox, id, data });
    events.push(draft(origin, 'logout.sent', 'success', { ...about, system: system.id, detail: { delivery: id } }));
  }
  return { changes, events };
}

/** The same for every session of a person: disabling, erasing, a new password; remembered browsers are forgotten with them. */
export async function endingsOfPerson(
  services: Services,
  origin: Origin,
  person: string,
  why: EndingReason,
  options: { except?: string } = {},
): Promise<Commit> {
  const commits: Commit[] = [];
  for (const session of await sessionsOf(services, person)) {
    if (session.uid !== options.except) commits.push(await endingOfSession(services, origin, session, why));
  }
  const forgotten = forgetting.has(why) ? await forgetBrowsers(services, person) : [];
  return {
    changes: [...commits.flatMap((commit) => commit.changes), ...forgotten],
    events: commits.flatMap((commit) => commit.events ?? []),
  };
}

/** The sessions of a person, expired ones included until they have been ended. */
export async function sessionsOf(services: Services, person: string): Promise<readonly Stored<SessionRecord>[]> {
  const found: Stored<SessionRecord>[] = [];
  let cursor: string | undefined;
  do {
    const page = await services.store.find(sessions, {
      where: { account: person },
      limit: 1000,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return found;
}
