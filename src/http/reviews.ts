import { policyInForce } from '#actions/policy/in-force.ts';
import { isOwn } from '#actions/reviews/reviewers.ts';
import { type ReviewRow, rowsOf } from '#actions/reviews/rows.ts';
import type { Services } from '#actions/services.ts';
import { hubRoles } from '#domain/hub-roles.ts';
import { roleTitle } from '#http/account/lines.ts';
import type { Context } from '#http/context.ts';
import { conditionInWords } from '#http/i18n/condition.ts';
import { permissionPhrases } from '#http/i18n/permissions.ts';
import { datesOf } from '#http/render/page.ts';
import { type NamedSystem, systemNames } from '#http/systems.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type ReviewItem, systems } from '#storage/collections.ts';

/** What was not used for so long wants a look. */
const longMs = 30 * 24 * 60 * 60 * 1000;

/** The items of one person, as a card shows them. */
export interface ReviewCard {
  readonly person: string;
  readonly name: string;
  readonly about: string;
  readonly rows: readonly Awaited<ReturnType<typeof shownRow>>[];
  /** What one button may keep: the items without a conflict, as they were seen. */
  readonly keepable: readonly string[];
}

/** Items as pages show them, one card a person, in order of name. */
export async function reviewCards(state: Context, items: readonly Stored<ReviewItem>[]): Promise<ReviewCard[]> {
  const rows = await rowsOf(state.deps.services, items);
  const byPerson = new Map<string, ReviewRow[]>();
  for (const row of rows) byPerson.set(row.item.person, [...(byPerson.get(row.item.person) ?? []), row]);
  const cards = [...byPerson].map(async ([person, theirs]): Promise<ReviewCard> => {
    const { holder } = theirs[0] ?? {};
    const { name = person, email, username, jobTitle, department } = holder?.person ?? {};
    const shown = await Promise.all(theirs.map((row) => shownRow(state, row)));
    return {
      ...{ person, name },
      about: [email ?? username, jobTitle, department].filter(Boolean).join(' · '),
      rows: shown,
      keepable: shown.filter((row) => row.open && row.conflicts.length === 0).map((row) => row.seen),
    };
  });
  return (await Promise.all(cards)).toSorted((a, b) => a.name.localeCompare(b.name, state.texts.locale));
}

async function shownRow(state: Context, { item, live, used }: ReviewRow) {
  const { texts, deps, viewer } = state;
  const { services } = deps;
  const [{ compiled }, names] = await Promise.all([policyInForce(services), systemNames(services)]);
  const { document } = compiled;
  const dates = datesOf(state);
  const operator = texts.t('access.operator');
  const { assignment } = live ?? {};
  const hub: NamedSystem = { id: 'hub', title: texts.t('hub'), side: 'other' };
  const { decision, voided } = item;
  return {
    ...{ id: item.id, review: item.review, version: item.version, role: item.role, state: item.state },
    title: roleTitle(texts, document, item.role),
    /** Open, and what it is about is still there. */
    open: item.state === 'open' && live !== undefined,
    own: viewer !== undefined && isOwn({ actor: { kind: 'person', id: viewer.person.id } }, item),
    reviewer: item.reviewer,
    digest: live?.digest ?? '',
    seen: `${item.id}~${item.version}~${live?.digest ?? ''}`,
    single: item.assignment !== undefined,
    gives: [...(live?.gives ?? [])].map(([system, permissions]) => ({
      chip: system === 'hub' ? hub : names.of(system),
      rights:
        system === 'hub'
          ? permissions.map((one) => texts.t(`hubPermissions.${one.slice('hub:'.length)}`))
          : permissionPhrases(texts, document.domains, permissions),
    })),
    unknown: !document.roles.has(item.role) && !Object.hasOwn(hubRoles, item.role),
    given:
      assignment === undefined
        ? undefined
        : {
            by: await nameOf(services, assignment.by, operator),
            date: dates.date(assignment.at),
            reason: assignment.reason,
            until: assignment.until === undefined ? undefined : dates.date(assignment.until - 1),
            departments: assignment.departments?.join(', '),
          },
    rules: (live?.rules ?? []).map(({ when, line }) => ({ words: conditionInWords(texts, when), line })),
    used:
      used === undefined
        ? undefined
        : used.at === undefined
          ? { since: dates.date(used.since), long: services.clock.now() - used.since > longMs }
          : { at: used.at, when: dates.near(used.at), chip: used.system === 'hub' ? hub : names.of(used.system ?? '') },
    conflicts: (live?.conflicts ?? []).map(({ id, title }) => title || id),
    stays: live?.stays ?? false,
    voided: voided === undefined ? undefined : { state: voided.state, time: dates.near(voided.at) },
    /** Decided by who looks: theirs to take back. */
    mine: viewer !== undefined && decision?.by === `person:${viewer.person.id}`,
    decided:
      decision === undefined
        ? undefined
        : {
            by: await nameOf(services, decision.by, texts.t(decision.by === 'hub' ? 'hub' : 'access.operator')),
            time: dates.near(decision.at),
            reason: decision.reason,
          },
  };
}

/** How records name who did something, as people read it. */
export async function nameOf(services: Services, by: string, operator: string): Promise<string> {
  const [kind, id = ''] = by.split(':', 2);
  if (kind === 'person') return (await services.store.get(people, id))?.name ?? operator;
  if (kind === 'system') return (await services.store.get(systems, id))?.title ?? id;
  return operator;
}
