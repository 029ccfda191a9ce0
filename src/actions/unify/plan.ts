import type { AuditDraft, Origin } from '#domain/audit/event.ts';
import { draft } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { changedFields, type PersonFields, patched, textFields } from '#domain/people/fields.ts';
import { fieldsOf } from '#domain/people/record.ts';
import { personFaults } from '#domain/people/rules.ts';
import { personOf } from '#domain/unify/outcome/person.ts';
import { plainNumber } from '#domain/unify/read/fields.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import {
  type Link,
  links,
  type Person,
  type Proposal,
  people,
  type System,
  systems,
  type UnificationRecord,
} from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { assignmentsOf } from '../access/reading.ts';
import { acceptedEvents, breachesOfChange } from '../access/separation.ts';
import { freshSub } from '../links/link-for.ts';
import { named } from '../named.ts';
import { about } from '../people/about.ts';
import { clashes } from '../people/clashes.ts';
import { creation, personalFields } from '../people/create.ts';
import { requireReach } from '../people/rights.ts';
import { storedPerson } from '../people/stored.ts';
import type { PolicyInForce } from '../policy/in-force.ts';
import { rightsTag } from '../policy/rights.ts';
import type { Services } from '../services.ts';
import { disablesUnknown } from './directory.ts';
import type { Claims } from './meeting.ts';
import { ownerOf } from './owner.ts';

/** Why a proposal cannot be accepted as it is; `values` go into the sentence that a page says. */
export interface Obstacle {
  readonly code:
    | 'two-accounts'
    | 'other-number'
    | 'other-login'
    | 'taken'
    | 'separation'
    | 'forbidden'
    | 'fields'
    | 'doubt'
    | 'not-matched'
    | 'gone';
  readonly values: Record<string, string>;
}

/** What accepting a proposal will write, or what stands in the way. */
export type Plan =
  | {
      readonly changes: readonly Change[];
      readonly events: readonly AuditDraft[];
      readonly effect: NonNullable<Proposal['effect']>;
    }
  | { readonly obstacle: Obstacle };

/** What one commit of proposals is planned with. */
export interface Planning {
  readonly services: Services;
  readonly origin: Origin;
  readonly record: Stored<UnificationRecord>;
  readonly policy: PolicyInForce;
  /** Logins and numbers that earlier proposals of the same commit take. */
  readonly claims: Claims;
}

const stop = (code: Obstacle['code'], values: Record<string, string> = {}): Plan => ({ obstacle: { code, values } });

/**
 * Plans one account for the rows of a proposal: the account that its rows are tied to already, or that their number, address
 * or login meets, or a new one; a link in each system with the login known there. An account that was there keeps its own
 * values, and takes what it lacks. Writes nothing.
 */
export async function planAccount(planning: Planning, proposal: Stored<Proposal>): Promise<Plan> {
  const { services, origin, record, claims } = planning;
  const now = services.clock.now();
  const rows = proposal.rows;
  const merged = personOf(rows, record.sources, now, disablesUnknown(record));
  const owner = await ownerOf(services, record, proposal, merged);
  if ('obstacle' in owner) return owner;
  const before = owner.account;
  const told = merged.fields;
  const matched = rows.some((row) => row.person === before?.id && before !== undefined);
  if (before !== undefined && !matched && otherNumber(before, told)) return stop('other-number', { person: before.id });
  const fields = before === undefined ? told : filled(fieldsOf(before), told);
  const faults = personFaults(fields);
  if (faults.length > 0)
    return stop('fields', { faults: faults.map(({ path, message }) => `${path} ${message}`).join('; ') });
  const taken = before === undefined ? await clashes(services, fields) : [];
  const claim =
    taken.length > 0 ? taken.map(({ path }) => path).join(', ') : claims.take(before?.id, fields, merged.logins);
  if (claim !== undefined) return stop('taken', { value: claim });
  const made = before === undefined ? await creation(services, origin, fields, undefined) : undefined;
  const person = before ?? made?.person;
  if (person === undefined) return stop('two-accounts');
  const after: Person = before === undefined ? person : storedPerson(services, fields, before);
  const refusal = await refused(planning, before, { ...after, id: person.id });
  if ('obstacle' in refusal) return refusal;
  const linked = await linksOf(planning, person, merged.logins);
  if ('obstacle' in linked) return linked;
  const changed = before === undefined ? [] : changedFields(fieldsOf(before), fields);
  const who = await about(services, origin, person);
  const events: AuditDraft[] = [...(made?.commit.events ?? [])];
  if (changed.length > 0 && before !== undefined)
    events.push(
      draft(origin, 'person.changed', 'success', {
        subject: who.subject,
        detail: { fields: changed, proposal: proposal.id },
        personal: { ...who.personal, before: personalFields(fieldsOf(before)), after: personalFields(fields) },
      }),
    );
  if (rows.length > 1)
    events.push(
      draft(origin, 'person.merged', 'success', {
        subject: who.subject,
        detail: { proposal: proposal.id, rows: rows.length },
        personal: {
          ...who.personal,
          detail: { rows: rows.map(({ list, id: row }) => `${list} ${row}`), reasons: [...proposal.reasons] },
        },
      }),
    );
  const guard: Change[] =
    before === undefined
      ? []
      : [
          {
            kind: 'replace',
            collection: people,
            id: before.id,
            ifVersion: before.version,
            data: bare(after),
            tag: rightsTag,
          },
        ];
  const links = linked.links.map(({ id: link, list, system, login, made: isNew }) => ({
    id: link,
    list,
    system,
    login,
    made: isNew,
  }));
  const anchor = owner.by ?? record.sources.find((list) => links.some((link) => link.list === list)) ?? 'crm';
  return {
    changes: [...guard, ...(made?.commit.changes ?? []), ...linked.changes],
    events: [...events, ...refusal.events, ...linked.events],
    effect: {
      person: person.id,
      created: before === undefined,
      ...(before === undefined ? {} : { before: { ...fieldsOf(before) } }),
      after: { ...fields },
      taken: takenOf(merged.taken, before),
      links,
      anchor,
    },
  };
}

function bare(person: Person): Person {
  const { id: _id, version: _version, ...data } = person as Stored<Person>;
  return data;
}

/** An address may have gone from one person to another; a number does not. */
function otherNumber(before: Stored<Person>, told: PersonFields): boolean {
  const [one, two] = [before.employeeNumber, told.employeeNumber].map((number) => number && plainNumber(number));
  return one !== undefined && two !== undefined && one !== two;
}

/** The account's own values, and the rows' where it has none. */
function filled(own: PersonFields, told: PersonFields): PersonFields {
  const hasName = own.name !== undefined || own.givenName !== undefined || own.familyName !== undefined;
  const missing = textFields.filter(
    (field) =>
      own[field] === undefined &&
      field !== 'username' &&
      !(hasName && ['name', 'givenName', 'familyName'].includes(field)),
  );
  return patched(Object.fromEntries(missing.map((field) => [field, told[field]])), own);
}

function takenOf(taken: Readonly<Record<string, string>>, before: Stored<Person> | undefined): Record<string, string> {
  const own = before === undefined ? undefined : fieldsOf(before);
  return Object.fromEntries(
    Object.entries(taken).filter(([field]) => own === undefined || own[field as keyof PersonFields] === undefined),
  );
}

async function refused(
  { services, origin, policy }: Planning,
  before: Stored<Person> | undefined,
  after: Person & { readonly id: string },
): Promise<{ events: AuditDraft[] } | { obstacle: Obstacle }> {
  if (before !== undefined) {
    const fault = await requireReach(services, origin, before).catch((thrown: unknown) => {
      if (thrown instanceof HubError) return thrown;
      throw thrown;
    });
    if (fault instanceof HubError) return { obstacle: { code: 'forbidden', values: {} } };
  }
  if (policy.number === 0) return { events: [] };
  const assignments = before === undefined ? [] : await assignmentsOf(services.store, before.id);
  const { prevented, accepted } = breachesOfChange(
    policy,
    before && { person: before, assignments },
    { person: after, assignments },
    services.clock.now(),
  );
  if (prevented.length > 0)
    return { obstacle: { code: 'separation', values: { rules: prevented.map(({ rule }) => rule.id).join(', ') } } };
  const act = before === undefined ? 'person.created' : 'person.changed';
  return { events: acceptedEvents(origin, { id: after.id, person: after }, accepted, act) };
}

interface PlannedLink {
  readonly id: string;
  readonly list: 'crm' | 'erp';
  readonly system: string;
  readonly login: string;
  readonly made: boolean;
}

async function linksOf(
  { services, origin, record }: Planning,
  person: Stored<Person>,
  logins: ReturnType<typeof personOf>['logins'],
): Promise<{ changes: Change[]; events: AuditDraft[]; links: PlannedLink[] } | { obstacle: Obstacle }> {
  const { store, clock } = services;
  const found: PlannedLink[] = [];
  const changes: Change[] = [];
  const events: AuditDraft[] = [];
  const subs = new Map<string, string>();
  for (const list of ['crm', 'erp'] as const) {
    const told = logins[list];
    if (told === undefined) continue;
    const system = record.systems[list];
    const { login, others } = told;
    const [present] = (await store.find(links, { where: { person: person.id, system }, limit: 1 })).items;
    if (present !== undefined) {
      if (present.login === login || others.includes(present.login ?? '')) continue;
      if (present.login !== undefined)
        return { obstacle: { code: 'other-login', values: { system, login: present.login } } };
      changes.push({
        kind: 'update',
        collection: links,
        id: present.id,
        where: { person: person.id, login: null },
        set: { login },
      });
      found.push({ id: present.id, list, system, login, made: false });
    } else {
      const id = uuidv7(clock.now());
      const known: Stored<System> | undefined = await store.get(systems, system);
      if (known === undefined) return { obstacle: { code: 'other-login', values: { system, login } } };
      const sub = await freshSub(services, person.id, known, subs);
      const data: Link = { person: person.id, system, login, sub, createdAt: clock.now() };
      changes.push({ kind: 'insert', collection: links, id, data });
      found.push({ id, list, system, login, made: true });
    }
    events.push(
      draft(origin, 'person.linked', 'success', {
        subject: { id: person.id },
        system,
        detail: { link: found.at(-1)?.id ?? '' },
        personal: { subject: named(person), detail: { login } },
      }),
    );
  }
  return { changes, events, links: found };
}
