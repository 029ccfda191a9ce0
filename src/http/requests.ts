import { isWithin } from '#actions/people/rights.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { foreseenBreaches } from '#actions/requests/ask.ts';
import { dayOf } from '#domain/days.ts';
import { withIncluded } from '#domain/policy/inclusion.ts';
import { roleTitle } from '#http/account/lines.ts';
import type { Context } from '#http/context.ts';
import { permissionName } from '#http/i18n/permissions.ts';
import { datesOf } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import type { Stored } from '#storage/collection.ts';
import { type AccessRequest, people, systems } from '#storage/collections.ts';

/** A request for a role as pages show it: who, what it would give, which duties would meet, what was decided. */
export async function shownRequest(state: Context, request: Stored<AccessRequest>) {
  const { texts, deps } = state;
  const { services } = deps;
  const [person, names, { compiled }] = await Promise.all([
    services.store.get(people, request.person),
    systemNames(services),
    policyInForce(services),
  ]);
  const { document } = compiled;
  const breaches = request.state === 'open' ? await foreseenBreaches(services, request) : undefined;
  const dates = datesOf(state);
  return {
    ...request,
    name: person?.name ?? request.person,
    login: person?.email ?? person?.username ?? '',
    department: person?.department,
    title: roleTitle(texts, document, request.role),
    period: [
      ...(request.from === undefined ? [] : [texts.t('admin.person.fromDate', { date: dates.date(request.from) })]),
      // The last moment, not the first one after it.
      request.until === undefined
        ? texts.t('admin.person.always')
        : texts.t('admin.person.untilDate', { date: dates.date(request.until - 1) }),
    ].join(' '),
    // As the fields of a form have them: the last whole day, not the moment after it.
    fromDay: request.from === undefined ? '' : dayOf(request.from, services.settings.timeZone),
    untilDay: request.until === undefined ? '' : dayOf(request.until - 1, services.settings.timeZone),
    gives: givenBy(document, request.role).map(({ system, permissions }) => ({
      chip: names.of(system),
      rights: permissions.map((permission) => permissionName(texts, document.domains, permission)),
    })),
    prevented: (breaches?.prevented ?? []).map(({ rule }) => rule.title),
    warned: (breaches?.accepted ?? []).map(({ rule }) => rule.title),
    approvedBy: await Promise.all(
      request.approvals.filter(({ digest }) => digest === request.digest).map(({ by }) => nameOf(state, by)),
    ),
    decider: request.decidedBy === undefined ? undefined : await nameOf(state, request.decidedBy),
  };
}

/** What a role grants in each system, with what it includes. */
function givenBy(document: Parameters<typeof withIncluded>[0], role: string) {
  const given = new Map<string, Set<string>>();
  for (const one of withIncluded(document, new Set([role]))) {
    for (const [system, permissions] of document.roles.get(one)?.grants ?? [])
      given.set(system, new Set([...(given.get(system) ?? []), ...permissions]));
  }
  return [...given].map(([system, permissions]) => ({ system, permissions: [...permissions].toSorted() }));
}

/** Who did it; to whom it is not theirs to see people of other departments, somebody of these is an administrator. */
async function nameOf({ deps, texts, within }: Context, by: string): Promise<string> {
  const { store } = deps.services;
  const [kind, id = ''] = by.split(':', 2);
  if (kind === 'system') return (await store.get(systems, id))?.title ?? id;
  if (kind !== 'person') return texts.t('access.operator');
  const person = await store.get(people, id);
  if (within !== undefined && !(person !== undefined && isWithin({ within }, person)))
    return texts.t('admin.anAdministrator');
  return person?.name ?? id;
}
