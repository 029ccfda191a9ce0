import type { Request, Response } from 'express';
import { assignmentsOf } from '#actions/access/reading.ts';
import { acceptanceId, acceptConflict } from '#actions/conflicts/accept.ts';
import { conflictCause } from '#actions/conflicts/cause.ts';
import { type ConflictWithAcceptance, conflictsWithAcceptance } from '#actions/conflicts/list.ts';
import { revokeAcceptance } from '#actions/conflicts/revoke.ts';
import { findByLogin } from '#actions/people/find.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import type { Services } from '#actions/services.ts';
import { endOfDay } from '#domain/days.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import type { Texts } from '#http/i18n/catalogue.ts';
import { conditionInWords } from '#http/i18n/condition.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { people } from '#storage/collections.ts';
import { pagesOf } from './pages.ts';
import { pageNumber } from './policy/draft.ts';
import { refusedAsLine } from './refused.ts';
import { text } from './route.ts';

const pageSize = 50;
const states = ['open', 'lapsed', 'accepted'] as const;

/** `/admin/conflicts`: who breaches which rule, by which ways, and who answers for it. One conflict is one row. */
export async function conflictsPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { texts } = context(res);
  const state = states.find((one) => one === text(req.query.state));
  const rule = text(req.query.rule);
  const page = pageNumber(req);
  const all = await conflictsWithAcceptance(services);
  const { compiled } = await policyInForce(services);
  const fitting = all.filter(
    (one) => (state === undefined || one.state === state) && (rule === '' || one.separation === rule),
  );
  const rows = fitting.slice(page * pageSize, (page + 1) * pageSize);
  render(res, 'admin/conflicts', {
    active: 'conflicts',
    states,
    state,
    rule,
    rules: compiled.document.separation.map(({ id, title }) => ({ id, title })),
    counts: Object.fromEntries(states.map((one) => [one, all.filter((row) => row.state === one).length])),
    total: all.length,
    rows: await Promise.all(rows.map((row) => shown(services, texts, row))),
    pages: pagesOf(req, fitting.length, pageSize),
  });
}

/** `/admin/conflicts/:separation/:id`: one breach; the form that accepts it for a while. */
export async function conflictPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { texts } = context(res);
  const looker = viewer(res);
  const row = await standing(services, req);
  const own = row.personId === looker.person.id;
  render(res, 'admin/conflict', {
    active: 'conflicts',
    row: await shown(services, texts, row),
    own,
    mayDecide: looker.hub.has('hub:policy-write') && !own,
    me: looker.person.email ?? looker.person.username ?? '',
  });
}

export async function acceptPost(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { personId, separation, acceptance, state } = await standing(services, req);
  const given = Object.fromEntries(['reason', 'owner', 'until'].map((name) => [name, text(req.body?.[name])]));
  await refusedAsLine(
    res,
    pathOf(separation, personId),
    async () => {
      const owner = await findByLogin(services, given.owner ?? '');
      const until = endOfDay(given.until ?? '', services.settings.timeZone) ?? 0;
      const seen = Number(text(req.body?.version));
      await acceptConflict(services, originOf(req, res), {
        ...{ person: personId, separation, reason: given.reason ?? '', owner: owner?.id ?? '', until },
        ...(state === 'accepted' && acceptance !== undefined ? { ifVersion: seen } : {}),
      });
      flash(res, { tone: 'good', key: 'admin.conflicts.done' });
    },
    given,
  );
}

export async function revokePost(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { personId, separation } = await standing(services, req);
  await refusedAsLine(res, pathOf(separation, personId), async () => {
    await revokeAcceptance(services, originOf(req, res), personId, separation, {
      ifVersion: Number(text(req.body?.version)),
    });
    flash(res, { tone: 'good', key: 'admin.conflicts.revoked' });
  });
}

function pathOf(separation: string, person: string): string {
  return `/admin/conflicts/${encodeURIComponent(separation)}/${encodeURIComponent(person)}`;
}

/** @throws HubError not-found where no such breach stands */
async function standing(services: Services, req: Request): Promise<ConflictWithAcceptance> {
  const id = acceptanceId(text(req.params.id), text(req.params.separation));
  const all = await conflictsWithAcceptance(services);
  const row = all.find(({ personId, separation }) => acceptanceId(personId, separation) === id);
  if (row === undefined) throw new HubError('not-found');
  return row;
}

/** A breach as the page shows it: each way in words, from the granting role to the rule or assignment that gave it. */
async function shown(services: Services, texts: Texts, row: ConflictWithAcceptance) {
  const { store } = services;
  const [sides, person, names, { compiled }, assigned] = await Promise.all([
    conflictCause(services, row.personId, row.separation),
    store.get(people, row.personId),
    systemNames(services),
    policyInForce(services),
    assignmentsOf(store, row.personId),
  ]);
  const ruleWords = (path: string): string => {
    const rule = compiled.document.assign.find((one) => one.path === path);
    return texts.t('admin.person.byRule', { words: rule === undefined ? path : conditionInWords(texts, rule.when) });
  };
  const { acceptance } = row;
  return {
    ...row,
    path: pathOf(row.separation, row.personId),
    name: person?.name ?? row.person,
    owner: acceptance === undefined ? undefined : await store.get(people, acceptance.owner),
    sides: (sides ?? []).map(({ system, permission, paths }) => ({
      chip: names.of(system),
      permission,
      paths: paths.map(({ roles, rule, assignment }) => ({
        roles,
        line: rule?.line,
        words:
          rule === undefined
            ? [texts.t('admin.person.byAssignment'), assigned.find(({ id }) => id === assignment)?.reason]
                .filter(Boolean)
                .join(': ')
            : ruleWords(rule.path),
      })),
    })),
  };
}
