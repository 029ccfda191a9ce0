import { fieldsOf } from '#domain/people/record.ts';
import type { Collection, Stored } from '#storage/collection.ts';
import {
  acceptances,
  accessRequests,
  assignments,
  identities,
  links,
  merges,
  outbox,
  type Person,
  provisionedAccounts,
  reviewItems,
  scimUsers,
} from '#storage/collections.ts';
import { everyRecord } from '../../../access/reading.ts';
import { credentialsOf } from '../../../factors/credentials.ts';
import { recoveryCodesLeft } from '../../../factors/recovery-codes.ts';
import { rememberedOf } from '../../../factors/remembered.ts';
import type { MailContents } from '../../../mail/queue.ts';
import type { Services } from '../../../services.ts';
import { listSessions } from '../../../sessions/list.ts';
import { proposalsAbout } from '../../../unify/about.ts';
import { openRest } from '../../../scim/users/record.ts';
import { dataReleases } from '../releases.ts';

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

/**
 * Everything that the store holds about a person beside the record of events, section by section; times as ISO instants. Secrets,
 * hashes, keys and one-time addresses are no part of any section: each names what it tells.
 * @param accounts the person's account, and those that were merged into it
 */
export async function recordsOf(
  services: Services,
  accounts: readonly Stored<Person>[],
): Promise<Record<string, unknown>> {
  const [main] = accounts;
  const each = async <T>(of: (person: Stored<Person>) => Promise<readonly T[]>): Promise<T[]> =>
    (await Promise.all(accounts.map(of))).flat();
  const every = <T extends { readonly person?: string | undefined }, R>(collection: Collection<T>, shown: (one: Stored<T>) => R) =>
    each(async ({ id }) =>
      (await Array.fromAsync(everyRecord(services.store, collection, { where: { person: id } }))).map(shown),
    );
  return {
    accounts: accounts.map((one) => ({
      id: one.id,
      ...fieldsOf(one),
      name: one.name,
      createdAt: iso(one.createdAt),
      changedAt: iso(one.changedAt),
    })),
    links: await every(links, ({ system, login, sub, createdAt }) => ({ system, login, sub, createdAt: iso(createdAt) })),
    accountsInSystems: await every(provisionedAccounts, ({ system, account, login, found, readAt, drift }) => ({
      ...{ system, account, login, found, readAt: iso(readAt), drift },
    })),
    identities: await every(identities, ({ source, issuer, subject, createdAt, usedAt, toldSealed }) => ({
      ...{ source, issuer, subject, createdAt: iso(createdAt), usedAt: iso(usedAt) },
      told: toldSealed === undefined ? undefined : JSON.parse(services.seal.open('source-told', toldSealed)),
    })),
    provisionedBy: await every(scimUsers, (one) => ({
      ...{ client: one.client, userName: one.userName, externalId: one.externalId, state: one.state },
      ...{ createdAt: iso(one.createdAt), changedAt: iso(one.changedAt), told: openRest(services, one) },
    })),
    assignments: await every(assignments, ({ id, role, from, until, reason, by, at }) => ({
      ...{ id, role, from: iso(from), until: iso(until), reason, by, at: iso(at) },
    })),
    credentials: await each((person) => credentialsShown(services, person.id)),
    rememberedBrowsers: await each(async ({ id }) =>
      (await rememberedOf(services, id)).map(({ agent, createdAt, expiresAt }) => ({
        ...{ agent, createdAt: iso(createdAt), endsAt: iso(expiresAt) },
      })),
    ),
    sessions: await each(async ({ id }) =>
      (await listSessions(services, id)).map(({ person: _, startedAt, seenAt, endsAt, ...session }) => ({
        ...{ ...session, startedAt: iso(startedAt), seenAt: iso(seenAt), endsAt: iso(endsAt) },
      })),
    ),
    requests: await every(accessRequests, (one) => ({
      ...{ id: one.id, role: one.role, from: iso(one.from), until: iso(one.until), reason: one.reason, state: one.state },
      ...{ by: one.by, at: iso(one.at), decidedAt: iso(one.decidedAt), decision: one.decision },
      approvals: one.approvals.map(({ by, at, reason }) => ({ by, at: iso(at), reason })),
    })),
    acceptedBreaches: await every(acceptances, ({ separation, reason, until, at, state, endedAt }) => ({
      ...{ separation, reason, until: iso(until), at: iso(at), state, endedAt: iso(endedAt) },
    })),
    reviews: await every(reviewItems, ({ review, role, state, decision }) => ({
      ...{ review, role, state },
      decision:
        decision === undefined ? undefined : { by: decision.by, at: iso(decision.at), reason: decision.reason },
    })),
    merges: await each(async ({ id }) =>
      (await Array.fromAsync(everyRecord(services.store, merges, { where: { survivor: id } }))).map((one) => ({
        ...{ survivor: one.survivor, gone: one.gone, state: one.state, reason: one.reason, at: iso(one.at) },
      })),
    ),
    unifications: (await proposalsAbout(services, accounts)).map(({ proposal, theirs }) => ({
      ...{ unification: proposal.unification, kind: proposal.kind, state: proposal.state, score: proposal.score },
      rows: theirs.map(({ list, id, line, cells }) => ({ list, id, line, cells })),
    })),
    letters: await each((person) => lettersTo(services, person.id)),
    releases: main === undefined ? [] : releasesShown(await dataReleases(services, main)),
  };
}

/** Kinds, names and times; a password is told to be there and no more. */
async function credentialsShown(services: Services, person: string): Promise<object[]> {
  const { password, totp, passkeys } = await credentialsOf(services, person);
  const all = [password, totp, ...passkeys].filter((one) => one !== undefined);
  const codes = await recoveryCodesLeft(services, person);
  return [
    ...all.map((one) => ({
      ...{ kind: one.kind, createdAt: iso(one.createdAt), changedAt: iso(one.changedAt) },
      ...(one.kind === 'password' ? {} : { label: one.label, usedAt: iso(one.usedAt) }),
    })),
    ...(codes === 0 ? [] : [{ kind: 'recovery-codes', left: codes }]),
  ];
}

/** Mails to the person: what waits with what it says, save the address that it leads to; of what is out only that it was. */
async function lettersTo({ store, seal }: Services, person: string): Promise<object[]> {
  const found: object[] = [];
  for await (const one of everyRecord(store, outbox, { where: { person } })) {
    if (one.kind !== 'mail') continue;
    const { template, locale, status, createdAt, sealed, about } = one;
    const contents = sealed === undefined ? undefined : (JSON.parse(seal.open('mail', sealed)) as MailContents);
    // What it says of somebody else (who asks for a role) is that one's.
    const values = about === undefined || about === person ? contents?.values : undefined;
    const says = contents === undefined ? {} : { to: contents.to, name: contents.name, values };
    found.push({ template, locale, status, createdAt: iso(createdAt), ...says });
  }
  return found;
}

function releasesShown({ systems }: Awaited<ReturnType<typeof dataReleases>>) {
  return systems.map(({ since, agreed, claims, delegated, ...rest }) => ({
    ...rest,
    since: iso(since),
    agreed: agreed === undefined ? undefined : { at: iso(agreed.at), scopes: agreed.scopes },
    claims: claims.map(({ lastSent, ...claim }) => ({ ...claim, lastSent: iso(lastSent) })),
    delegated: delegated.map(({ last, ...one }) => ({ ...one, last: iso(last) })),
  }));
}
