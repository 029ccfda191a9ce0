import type { Request, Response } from 'express';
import { effectiveAccess } from '#actions/access/effective.ts';
import { type AccessExplanation, explainAccess } from '#actions/access/explain.ts';
import { assignmentsOf } from '#actions/access/reading.ts';
import { subjectOfPerson } from '#actions/access/subject.ts';
import { unmergingOf } from '#actions/people/merge/unmerge.ts';
import { type PolicyInForce, policyInForce } from '#actions/policy/in-force.ts';
import { accountsOfPerson } from '#actions/provisioning/status.ts';
import type { Services } from '#actions/services.ts';
import { listSessions } from '#actions/sessions/list.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import { HubError } from '#domain/errors.ts';
import { hubRoles, isHubRole } from '#domain/hub-roles.ts';
import { fieldsOf, policyAttributes } from '#domain/people/record.ts';
import type { FailingTest } from '#domain/policy/condition.ts';
import { parseInstant } from '#domain/policy/dates.ts';
import { context, type Viewer } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import type { Texts } from '#http/i18n/catalogue.ts';
import { conditionInWords } from '#http/i18n/condition.ts';
import { type Dates, datesFor } from '#http/i18n/dates.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { type NamedSystem, type SystemNames, systemNames } from '#http/systems.ts';
import type { Stored } from '#storage/collection.ts';
import { type Assignment, links, type Merge, merges, type Person, people } from '#storage/collections.ts';
import { rowOf } from '../audit/row.ts';
import { text } from '../route.ts';
import { factorsShown } from './factors.ts';
import { historyLines } from './history.ts';

const dayMs = 86_400_000;

/** `/admin/people/:id`: what this person may do in every system, why, why not, and what they did. */
export async function personPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { texts, within } = context(res);
  const { store, clock, settings } = services;
  const person = await store.get(people, text(req.params.id));
  if (person === undefined) throw new HubError('not-found');
  const looker = viewer(res);
  const day = text(req.query.at);
  // A day to come (or gone): what the rules and assignments known today say of it.
  const at = parseInstant(day);
  const dates = datesFor(texts, settings.timeZone, clock.now());
  const [policy, { all }, names, assigned, sessions, linked, access, accounts] = await Promise.all([
    policyInForce(services),
    systemDirectory(services),
    systemNames(services),
    assignmentsOf(store.engine, person.id),
    listSessions(services, person.id),
    store.find(links, { where: { person: person.id } }),
    effectiveAccess(services, person, at),
    accountsOfPerson(services, person.id),
  ]);
  const explanations = await Promise.all(all.map((system) => explainAccess(services, person, system.id, at)));
  const words = reasonWords(texts, policy, assigned, dates);
  const roleReasons = new Map(
    explanations.flatMap(({ roles }) => roles).map(({ role, because }) => [role, because.map(words)]),
  );
  render(res, 'admin/person', {
    active: 'people',
    record: person,
    leftAlready: person.leavesAt !== undefined && person.leavesAt <= clock.now(),
    policyNumber: policy.number,
    day: at === undefined ? '' : day,
    at,
    systems: all.map((system, index) => ({
      chip: names.of(system.id),
      open: system.open,
      login: linked.items.find((link) => link.system === system.id)?.login,
      account: accounts.find((one) => one.system === system.id),
      native: (explanations[index]?.nativeBecause ?? []).map(({ nativeRole, because }) => ({
        nativeRole,
        because: because.map((one) => ('role' in one ? one.role : one.permission)),
      })),
      ...rightsOf(texts, explanations[index], roleReasons),
    })),
    conflicts: conflictsOf(policy, person, assigned, explanations, names.of, at ?? clock.now()),
    roles: access.roles.map((id) => ({
      id,
      title: policy.compiled.document.roles.get(id)?.title ?? id,
      because: roleReasons.get(id) ?? [],
    })),
    assignments: assigned.map((one) => ({
      id: one.id,
      role: one.role,
      reason: one.reason,
      period: [
        periodWords(texts, dates, one),
        ...(one.departments === undefined
          ? []
          : [texts.t('admin.person.onlyDepartments', { departments: one.departments.join(', ') })]),
      ].join(' · '),
      when: whenOf(one, clock.now()),
      mayWithdraw: looker.hub.has(isHubRole(one.role) ? 'hub:hub-roles-assign' : 'hub:roles-assign'),
    })),
    assignable: assignable(policy, looker),
    sessions: sessions.map((session) => ({ ...session, systems: session.systems.map(names.of) })),
    today: looker.hub.has('hub:audit-read') ? await today(services, texts, names, person.id) : undefined,
    history: looker.hub.has('hub:people-write') ? await historyLines(context(res), person.id, { limit: 5 }) : undefined,
    attributes: attributesOf(texts, person),
    signsInWith: await factorsShown(services, person.id),
    // Who is limited to departments joins no accounts, and sees nobody of the others here.
    merges: within === undefined ? await mergesOf(services, texts, person) : [],
    mayMerge: within === undefined && looker.hub.has('hub:people-write'),
    mayLimit: looker.hub.has('hub:hub-roles-assign'),
  });
}

/** Fields that undoing a merge would leave as they are, since they changed after it. */
async function staying(services: Services, merge: Stored<Merge>): Promise<readonly string[]> {
  if (merge.state !== 'merged') return [];
  const [survivor, gone] = await Promise.all([
    services.store.get(people, merge.survivor),
    services.store.get(people, merge.gone),
  ]);
  if (survivor === undefined || gone === undefined) return [];
  return (await unmergingOf(services, merge, survivor, gone)).kept.map((field) => field.replace(/^\w+\./, ''));
}

/** Merges of this account, in either part, the newest first. */
async function mergesOf(services: Services, texts: Texts, { id }: Stored<Person>) {
  const { store } = services;
  const found = [
    ...(await store.find(merges, { where: { survivor: id }, limit: 50 })).items,
    ...(await store.find(merges, { where: { gone: id }, limit: 50 })).items,
  ].toSorted((a, b) => b.at - a.at);
  return Promise.all(
    found.map(async (one) => {
      const other = one.survivor === id ? one.gone : one.survivor;
      return {
        ...one,
        other,
        name: (await store.get(people, other))?.name ?? other,
        stays: (await staying(services, one)).map((field) => attributeName(texts, field)),
      };
    }),
  );
}

function rightsOf(
  texts: Texts,
  explanation: AccessExplanation | undefined,
  roleReasons: ReadonlyMap<string, readonly string[]>,
) {
  return {
    permissions: byReason(explanation).map(({ permissions, roles }) => ({
      permissions,
      because: roles.map((role) => ({ role, words: (roleReasons.get(role) ?? []).join('; ') })),
    })),
    missing: (explanation?.missing ?? []).map(({ permission, nearest }) => ({
      permission,
      nearest: nearest.slice(0, 2).map(({ role, rule, failing }) => ({
        role,
        line: rule.line,
        failing: failing.map((test) => failingWords(texts, test)),
      })),
    })),
  };
}

/** Permissions that the same roles give stand together, so that each reason is said once. */
function byReason(explanation: AccessExplanation | undefined) {
  const groups = new Map<string, { permissions: string[]; roles: readonly string[] }>();
  for (const { permission, because } of explanation?.permissions ?? []) {
    const roles = because.map(({ role }) => role);
    const group = groups.get(roles.join(' '));
    if (group === undefined) groups.set(roles.join(' '), { permissions: [permission], roles });
    else group.permissions.push(permission);
  }
  return [...groups.values()];
}

/** What a rule needs and what the person has, side by side. */
function failingWords({ t }: Texts, failing: FailingTest): string {
  const list = (value: FailingTest['expected']) => (Array.isArray(value) ? value.join(t('admin.or')) : String(value));
  const values = { attribute: failing.attribute ?? '', value: list(failing.expected) };
  const actual = failing.actual === undefined ? undefined : list(failing.actual);
  const key = failing.test === 'exists' && failing.expected === false ? 'absent' : failing.test;
  const needs = t(`admin.needs.${key}`, values);
  if (failing.attribute === undefined || failing.test === 'exists') return needs;
  return actual === undefined ? t('admin.needs.butEmpty', { needs }) : t('admin.needs.but', { needs, actual });
}

/** What an attribute is called: the company's further ones bear their own names. */
function attributeName({ t, has }: Texts, field: string): string {
  const name = field.replace(/^attributes\./, '');
  return has(`admin.attribute.${name}`) ? t(`admin.attribute.${name}`) : name;
}

/** The hub's own attributes first, then the company's further ones under their own names. */
function attributesOf(texts: Texts, person: Stored<Person>): readonly [string, string][] {
  const all = policyAttributes(fieldsOf(person)).map(([name, value]) => {
    const known = texts.has(`admin.attribute.${name}`);
    return {
      known,
      row: [attributeName(texts, name), Array.isArray(value) ? value.join('; ') : String(value)] as [string, string],
    };
  });
  return [...all.filter(({ known }) => known), ...all.filter(({ known }) => !known)].map(({ row }) => row);
}

type RoleReason = AccessExplanation['roles'][number]['because'][number];

/** A role's reason in words: the rule's condition, "assigned singly until …", or the role that brings it along. */
function reasonWords(texts: Texts, policy: PolicyInForce, assigned: readonly Stored<Assignment>[], dates: Dates) {
  return (reason: RoleReason): string => {
    if ('rule' in reason) {
      const rule = policy.compiled.document.assign.find(({ path }) => path === reason.rule.path);
      const words = rule === undefined ? reason.rule.path : conditionInWords(texts, rule.when);
      return texts.t('admin.person.byRule', { words });
    }
    if ('includedBy' in reason) return texts.t('admin.person.byRole', { role: reason.includedBy });
    const one = assigned.find(({ id }) => id === reason.assignment);
    const how = texts.t('admin.person.byAssignment');
    return one === undefined ? how : `${how}, ${periodWords(texts, dates, one)}`;
  };
}

/** Where an assignment stands in time; what has ended stays as history. */
function whenOf({ from, until }: Pick<Assignment, 'from' | 'until'>, now: number): 'ahead' | 'now' | 'ended' {
  if (until !== undefined && until <= now) return 'ended';
  return from !== undefined && from > now ? 'ahead' : 'now';
}

function periodWords(texts: Texts, dates: Dates, { from, until }: Pick<Assignment, 'from' | 'until'>): string {
  const parts = [
    from === undefined ? [] : [texts.t('admin.person.fromDate', { date: dates.date(from) })],
    // The last moment, not the first one after it: "until 30 Nov" is meant to hold on the 30th.
    until === undefined ? [] : [texts.t('admin.person.untilDate', { date: dates.date(until - 1) })],
  ].flat();
  return parts.length === 0 ? texts.t('admin.person.always') : parts.join(' ');
}

function conflictsOf(
  policy: PolicyInForce,
  person: Stored<Person>,
  assigned: readonly Stored<Assignment>[],
  explanations: readonly AccessExplanation[],
  chipOf: (id: string) => NamedSystem,
  at: number,
) {
  const held = policy.compiled.access(subjectOfPerson(person, assigned), at);
  const rolesFor = (system: string, permission: string): string[] =>
    explanations
      .find((one) => one.system === system)
      ?.permissions.find((one) => one.permission === permission)
      ?.because.map(({ role }) => role) ?? [];
  return policy.compiled.document.separation
    .filter(({ conflict }) =>
      conflict.every(({ system, permission }) => held.systems.get(system)?.includes(permission) === true),
    )
    .map(({ title, conflict }) => ({
      title,
      sides: conflict.map(({ system, permission }) => ({
        chip: chipOf(system),
        permission,
        roles: rolesFor(system, permission),
      })),
    }));
}

function assignable(policy: PolicyInForce, { hub }: Viewer): readonly { id: string; title: string }[] {
  const business = [...policy.compiled.document.roles].map(([id, { title }]) => ({ id, title }));
  const own = Object.entries(hubRoles).map(([id, { title }]) => ({ id, title }));
  return [...(hub.has('hub:roles-assign') ? business : []), ...(hub.has('hub:hub-roles-assign') ? own : [])];
}

async function today(services: Services, texts: Texts, names: SystemNames, person: string) {
  const since = new Date(services.clock.now() - dayMs).toISOString();
  const page = await services.store.audit.query({ person, since, order: 'newest', limit: 40 });
  return page.items.map((event) => rowOf(texts, names, event));
}
