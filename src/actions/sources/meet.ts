import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { isActive } from '#domain/people/active.ts';
import { type Attribute, type PersonPatch, patched } from '#domain/people/fields.ts';
import { fold } from '#domain/people/folding.ts';
import { fieldsOf } from '#domain/people/record.ts';
import { personFaults } from '#domain/people/rules.ts';
import { mapped, type SourceValues } from '#domain/sources/mapping.ts';
import { mappingAtFirst } from '#domain/sources/source.ts';
import type { Stored } from '#storage/collection.ts';
import { type Identity, identities, type Person, people, type Source, sources } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { sameAccount } from '../factors/turn.ts';
import { about } from '../people/about.ts';
import { changePerson } from '../people/change.ts';
import { clashes } from '../people/clashes.ts';
import { createPerson } from '../people/create.ts';
import { hasHubRights } from '../people/rights.ts';
import type { Services } from '../services.ts';
import { directoryIssuer, findIdentity, type IdentityKey, identityId } from './identities.ts';
import { sealTold } from './told.ts';

/** Whom a source has proved just now, and what it told of them. */
export interface ProvedIdentity extends IdentityKey {
  /** Claims or attributes, as told (`readableValues`). */
  readonly values: SourceValues;
  /** Names of those that the source could tell in part only (groups overage): what is known of them stays. */
  readonly incomplete: readonly string[];
  /** The source vouches for the mail address. */
  readonly emailVerified: boolean;
}

export type Met =
  | {
      readonly outcome: 'known';
      readonly person: Stored<Person>;
      readonly source: Stored<Source>;
      /** Upstream names, and attributes of the hub, that were kept as they were: told in part, or more than is taken. */
      readonly kept: readonly string[];
    }
  /** Linked to nobody, and nobody was made: `taken` when what the source tells belongs to an account of the hub. */
  | {
      readonly outcome: 'unlinked';
      readonly source: Stored<Source>;
      readonly because: 'create-off' | 'taken' | 'unfit';
    }
  | {
      readonly outcome: 'refused';
      readonly cause: 'source-disabled' | 'disabled' | 'separation';
      readonly person?: Stored<Person>;
    };

/** What a source tells is the hub's own doing, whoever signs in by it. */
const byHub: Origin['actor'] = { kind: 'hub' };

/**
 * Turns a proved identity into a person: whoever it is linked to, brought up to date, or somebody made of it. All of it is staged in
 * the request's unit of work, so that it holds with the sign-in or not at all.
 */
export async function meetIdentity(services: Services, origin: Origin, proved: ProvedIdentity): Promise<Met> {
  // Straight from the store, at the moment of finishing: it may have been disabled since the browser left for it.
  const source = await services.store.get(sources, proved.source);
  if (source === undefined || !source.enabled) return { outcome: 'refused', cause: 'source-disabled' };
  const identity = await findIdentity(services, proved);
  if (identity === undefined) return makePerson(services, origin, source, proved);
  const person = await services.store.get(people, identity.person);
  if (person === undefined) return { outcome: 'unlinked', source, because: 'unfit' };
  if (!isActive(person, services.clock.now())) return { outcome: 'refused', cause: 'disabled', person };
  try {
    return await bringUpToDate(services, origin, source, identity, person, proved);
  } catch (fault) {
    if (!(fault instanceof HubError) || fault.code !== 'separation-breached') throw fault;
    return { outcome: 'refused', cause: 'separation', person };
  }
}

async function bringUpToDate(
  services: Services,
  origin: Origin,
  source: Stored<Source>,
  identity: Stored<Identity>,
  person: Stored<Person>,
  proved: ProvedIdentity,
): Promise<Met> {
  const { patch: fit, kept } = await updateFrom(services, source, person, proved);
  const now = await changePerson(services, { ...origin, actor: byHub }, person.id, fit, {
    reason: `source ${source.id}`,
  });
  const unvouched = bringsAddress(fit, person) && !vouchesFor(source, proved);
  await services.store.write({
    changes: [
      ...(unvouched ? [unvouchedAddress(now)] : []),
      {
        kind: 'update',
        collection: identities,
        id: identity.id,
        where: { person: person.id },
        set: {
          usedAt: services.clock.now(),
          toldSealed: sealTold(services, proved),
          // Who brings another address answers for it.
          ...(bringsAddress(fit, person) ? { unvouched } : {}),
        },
      },
    ],
  });
  return { outcome: 'known', person: now, source, kept: [...proved.incomplete, ...kept] };
}

/** What a source that told this brings up to date of somebody, as far as it can be taken; the rest is named. */
export async function updateFrom(
  services: Services,
  source: Stored<Source>,
  person: Stored<Person>,
  proved: ProvedIdentity,
): Promise<{ readonly patch: PersonPatch; readonly kept: readonly string[] }> {
  const patch = addressed(source, proved, mapped(source.attributes, proved.values, proved.incomplete));
  // By an address or a name of theirs nobody comes to an account with rights in the hub.
  const fixed = await hasHubRights(services, person);
  return fitting(services, patch, fieldsOf(person), person.id, fixed);
}

/** What somebody new is made of by what a source told, or why nobody is. */
export async function newFrom(
  services: Services,
  source: Stored<Source>,
  proved: ProvedIdentity,
): Promise<
  | { readonly patch: PersonPatch; readonly kept: readonly string[] }
  | { readonly because: 'create-off' | 'taken' | 'unfit' }
> {
  if (!source.create) return { because: 'create-off' };
  const patch = addressed(source, proved, mapped(mappingAtFirst(source), proved.values, proved.incomplete));
  const fit = trimmed(
    patch,
    personFaults(patched(patch)).map(({ path }) => path),
  );
  const fields = patched(fit.patch);
  if (personFaults(fields).length > 0) return { because: 'unfit' };
  // Never by an address: whose account it is has to be proved here first.
  return (await clashes(services, fields)).length > 0 ? { because: 'taken' } : fit;
}

async function makePerson(
  services: Services,
  origin: Origin,
  source: Stored<Source>,
  proved: ProvedIdentity,
): Promise<Met> {
  const fit = await newFrom(services, source, proved);
  if ('because' in fit) return { outcome: 'unlinked', source, because: fit.because };
  const made = { ...origin, actor: byHub };
  let person: Stored<Person>;
  try {
    person = await createPerson(services, made, fit.patch, { source: source.id });
  } catch (fault) {
    if (!(fault instanceof HubError) || fault.code !== 'separation-breached') throw fault;
    return { outcome: 'refused', cause: 'separation' };
  }
  const unvouched = person.email !== undefined && !vouchesFor(source, proved);
  if (unvouched) await services.store.write({ changes: [unvouchedAddress(person)] });
  await linkIdentity(services, made, person, proved, { made: true, unvouched });
  return { outcome: 'known', person, source, kept: [...proved.incomplete, ...fit.kept] };
}

/**
 * Links an identity to a person who has proved that the account is theirs, in the commit of the caller. An identity that somebody
 * else took meanwhile fails it.
 */
export async function linkIdentity(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  proved: ProvedIdentity,
  how: Pick<Identity, 'made' | 'unvouched'> = { made: false, unvouched: false },
): Promise<void> {
  const { source, issuer, subject } = proved;
  const now = services.clock.now();
  const data: Identity = {
    person: person.id,
    source,
    issuer,
    subject,
    ...how,
    createdAt: now,
    usedAt: now,
    toldSealed: sealTold(services, proved),
  };
  const who = await about(services, origin, person);
  await services.store.write({
    changes: [
      // Nobody links to an account that was recovered, disabled or given another address since the request began.
      ...(how.made ? [] : [sameAccount(person)]),
      { kind: 'insert', collection: identities, id: identityId(proved), data, tag: 'identity' },
    ],
    events: [
      draft(origin, 'person.linked', 'success', {
        subject: who.subject,
        detail: { source, issuer },
        personal: { ...who.personal, detail: { subject } },
      }),
    ],
  });
}

/** Does a source answer for the address that it tells? A directory is the company's own record of it. */
function vouchesFor(source: Stored<Source>, { issuer, emailVerified }: ProvedIdentity): boolean {
  return emailVerified && (source.trustEmail || issuer === directoryIssuer(source.id));
}

/** Kept with the person too: the identity that brought the address may be unlinked before the mailbox's owner comes. */
function unvouchedAddress({ id }: Stored<Person>): Change {
  return { kind: 'update', collection: people, id, where: {}, set: { addressUnvouched: true } };
}

function bringsAddress({ email }: PersonPatch, before: Stored<Person>): boolean {
  return typeof email === 'string' && fold(email) !== fold(before.email ?? '');
}

/** An address counts as verified only where the source is trusted to say so, and says so. */
function addressed(source: Source, proved: ProvedIdentity, patch: PersonPatch): PersonPatch {
  return typeof patch.email === 'string' && source.trustEmail && proved.emailVerified
    ? { ...patch, emailVerified: true }
    : patch;
}

/** What of a patch can be taken; the rest stays as it was and is named. */
async function fitting(
  services: Services,
  patch: PersonPatch,
  before: ReturnType<typeof fieldsOf>,
  person: string,
  fixed: boolean,
): Promise<{ patch: PersonPatch; kept: string[] }> {
  const logins = fixed ? ['email', 'username'] : [];
  const first = trimmed(patch, logins).patch;
  const after = patched(first, before);
  const faults = [...personFaults(after), ...(await clashes(services, after, person))];
  const { patch: fit, kept } = trimmed(
    first,
    faults.map(({ path }) => path),
  );
  return { patch: fit, kept };
}

/** A patch without these fields. */
function trimmed(patch: PersonPatch, paths: readonly string[]): { patch: PersonPatch; kept: string[] } {
  const { attributes = {}, ...texts } = patch;
  const out = new Set(paths);
  const rest = Object.entries(texts).filter(
    ([name]) => !out.has(name) && !(name === 'emailVerified' && out.has('email')),
  );
  const kept = Object.entries(attributes).filter(([name]) => !out.has(`attributes.${name}`));
  return {
    patch: { ...Object.fromEntries(rest), attributes: Object.fromEntries(kept) as Record<string, Attribute | null> },
    kept: [...out].map((path) => path.replace(/^attributes\./, '')),
  };
}
