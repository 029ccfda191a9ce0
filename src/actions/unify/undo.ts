import { type AuditDraft, draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { changedFields, type PersonFields, patched } from '#domain/people/fields.ts';
import { fieldsOf } from '#domain/people/record.ts';
import { personFaults } from '#domain/people/rules.ts';
import { type PersonRow, personOf } from '#domain/unify/outcome/person.ts';
import type { Stored } from '#storage/collection.ts';
import { links, type Person, type Proposal, proposals, type UnificationRecord } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { guardedByPerson } from '../access/guarded.ts';
import { breachesOfChange, refusePrevented } from '../access/separation.ts';
import { ownerStays } from '../assignments/owners.ts';
import { named } from '../named.ts';
import { about } from '../people/about.ts';
import { clashes } from '../people/clashes.ts';
import { creation } from '../people/create.ts';
import { restoredFields } from '../people/merge/restored.ts';
import { requireReach } from '../people/rights.ts';
import { storedPerson } from '../people/stored.ts';
import { policyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { endingsOfPerson } from '../sessions/ending.ts';
import { proposalOf } from './decide.ts';
import { disablesUnknown } from './directory.ts';

export interface Undoing {
  readonly reason?: string | undefined;
  readonly ifVersion?: number | undefined;
}

/**
 * Takes an accepted proposal apart again, however long ago. The account keeps the rows it was met by (or the first source's)
 * and gets its fields back, save those that changed since; the links of the other rows move, `sub` and all, to accounts of
 * their own. A row that stood alone leaves its account disabled, or unlinked where the account was there before.
 * @throws HubError `not-found`, `stale`, `conflict`, `forbidden`, SeparationBreached
 */
export async function undoProposal(
  services: Services,
  origin: Origin,
  unification: string,
  id: string,
  { reason, ifVersion }: Undoing = {},
): Promise<Stored<Proposal>> {
  const { record, proposal } = await proposalOf(services, unification, id);
  const { effect } = proposal;
  if (ifVersion !== undefined && ifVersion !== proposal.version) throw new HubError('stale');
  if (proposal.state !== 'accepted' || effect === undefined)
    throw new HubError('conflict', 'Only what was accepted can be undone');
  try {
    return await guardedByPerson(services, origin, effect.person, async ({ person, assignments }) => {
      await requireReach(services, origin, person);
      const own = await linksLeft(services, person, effect);
      const leaving = own.filter(({ list }) => list !== effect.anchor);
      const alone = leaving.length === 0;
      const staying = proposal.rows.filter(({ list }) => alone || list === effect.anchor);
      const before = effect.created
        ? alone
          ? patched({ status: 'disabled' }, effect.after as unknown as PersonFields)
          : fieldsFor(services, record, staying)
        : (effect.before as unknown as PersonFields);
      const { fields, kept } = restoredFields(before, effect.after as unknown as PersonFields, fieldsOf(person));
      const ending = await endingsOfPerson(services, origin, person.id, 'admin');
      const parted = await splitOff(services, origin, proposal, person, fields, leaving, record);
      const loose = alone && !effect.created ? unlinking(origin, person, own) : { changes: [], events: [] };
      const after = storedPerson(services, fields, person);
      const { id: _id, version, ...rest } = proposal;
      const data: Proposal = {
        ...rest,
        state: 'undone',
        effect: { ...effect, split: parted.people, kept },
        ...(reason ? { reason } : {}),
      };
      const who = await about(services, origin, person);
      const event = draft(origin, 'person.unmerged', 'success', {
        subject: who.subject,
        detail: { proposal: id, split: parted.people, kept },
        personal: { ...who.personal, ...(reason ? { detail: { reason } } : {}) },
      });
      const status = statusEvent(origin, person, after);
      const owners =
        after.status === 'disabled' && person.status === 'active' ? await ownerStays(services, person.id) : [];
      return {
        act: 'person.unmerged',
        after: { person: after, assignments },
        changes: [
          { kind: 'replace', collection: proposals, id, ifVersion: version, data },
          ...parted.changes,
          ...loose.changes,
          ...ending.changes,
          ...owners,
        ],
        events: [event, ...status, ...parted.events, ...loose.events, ...(ending.events ?? [])],
        result: { ...data, id, version: version + 1 },
      };
    });
  } catch (fault) {
    if (fault instanceof CommitConflict) throw new HubError('stale', undefined, { cause: fault });
    throw fault;
  }
}

type Effect = NonNullable<Proposal['effect']>;

/** Links that accepting made or gave a login, and that the account still has. */
async function linksLeft({ store }: Services, person: Stored<Person>, effect: Effect): Promise<Effect['links']> {
  const left: Effect['links'] = [];
  for (const link of effect.links) {
    const now = await store.get(links, link.id);
    if (now?.person === person.id) left.push(link);
  }
  return left;
}

function fieldsFor(services: Services, record: Stored<UnificationRecord>, rows: readonly PersonRow[]): PersonFields {
  return personOf(rows, record.sources, services.clock.now(), disablesUnknown(record)).fields;
}

async function splitOff(
  services: Services,
  origin: Origin,
  proposal: Stored<Proposal>,
  person: Stored<Person>,
  staying: PersonFields,
  leaving: Effect['links'],
  record: Stored<UnificationRecord>,
): Promise<{ people: string[]; changes: Change[]; events: AuditDraft[] }> {
  const made: string[] = [];
  const changes: Change[] = [];
  const events: AuditDraft[] = [];
  const policy = await policyInForce(services);
  for (const link of leaving) {
    const told = fieldsFor(
      services,
      record,
      proposal.rows.filter(({ list }) => list === link.list),
    );
    const fields = await withoutClashes(services, told, staying, person.id, link.login);
    const { person: other, commit } = await creation(services, origin, fields, undefined);
    const { prevented } = breachesOfChange(policy, undefined, { person: other, assignments: [] }, services.clock.now());
    if (prevented.length > 0)
      await refusePrevented(services, origin, { id: other.id, person: other }, prevented, 'person.created');
    made.push(other.id);
    changes.push(...commit.changes, {
      kind: 'update',
      collection: links,
      id: link.id,
      where: { person: person.id },
      set: { person: other.id },
    });
    const moved = (id: string, subject: string, type: 'person.linked' | 'person.unlinked'): AuditDraft =>
      draft(origin, type, 'success', {
        subject: { id },
        system: link.system,
        detail: { link: link.id },
        personal: { subject },
      });
    events.push(
      ...(commit.events ?? []),
      moved(person.id, named(person), 'person.unlinked'),
      moved(other.id, named(other), 'person.linked'),
    );
  }
  return { people: made, changes, events };
}

/** A value that the account keeps, or that somebody else has, cannot be the new account's as well. */
async function withoutClashes(
  services: Services,
  told: PersonFields,
  staying: PersonFields,
  self: string,
  login: string,
): Promise<PersonFields> {
  const taken = new Set((await clashes(services, told, self)).map(({ path }) => path));
  const same = (field: 'email' | 'username' | 'employeeNumber'): boolean =>
    told[field] !== undefined && told[field]?.toLowerCase() === staying[field]?.toLowerCase();
  const drop = (['email', 'username', 'employeeNumber'] as const).filter((field) => taken.has(field) || same(field));
  const rest = patched(Object.fromEntries(drop.map((field) => [field, null])), told);
  if (rest.email !== undefined || rest.username !== undefined) return rest;
  for (let count = 1; ; count++) {
    const tried = patched({ username: count === 1 ? login : `${login}-${count}` }, rest);
    const own = tried.username?.toLowerCase();
    const isFree = own !== staying.username?.toLowerCase() && own !== staying.email?.toLowerCase();
    if (isFree && (await clashes(services, tried)).length === 0 && personFaults(tried).length === 0) return tried;
  }
}

function unlinking(
  origin: Origin,
  person: Stored<Person>,
  own: Effect['links'],
): { changes: Change[]; events: AuditDraft[] } {
  return {
    changes: own.map(({ id, made }): Change => {
      const where = { person: person.id };
      return made
        ? { kind: 'remove', collection: links, id, where }
        : { kind: 'update', collection: links, id, where, unset: ['login'] };
    }),
    events: own.map(({ id, system }) =>
      draft(origin, 'person.unlinked', 'success', {
        subject: { id: person.id },
        system,
        detail: { link: id },
        personal: { subject: named(person) },
      }),
    ),
  };
}

function statusEvent(origin: Origin, before: Stored<Person>, after: Person): AuditDraft[] {
  if (changedFields(fieldsOf(before), fieldsOf(after)).includes('status') === false) return [];
  return [
    draft(origin, after.status === 'disabled' ? 'person.disabled' : 'person.enabled', 'success', {
      subject: { id: before.id },
      before: { status: before.status },
      after: { status: after.status },
      personal: { subject: named(before) },
    }),
  ];
}
