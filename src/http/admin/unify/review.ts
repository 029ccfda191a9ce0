import type { Request, Response } from 'express';
import type { Services } from '#actions/services.ts';
import { decideProposal } from '#actions/unify/decide.ts';
import { undoProposal } from '#actions/unify/undo.ts';
import { wholeName } from '#domain/people/whole-name.ts';
import { compareCells, type FieldComparison } from '#domain/unify/outcome/differences.ts';
import { loginOf } from '#domain/unify/outcome/person.ts';
import { isActive } from '#domain/unify/outcome/standing.ts';
import { doubtGroup, doubtGroups } from '#domain/unify/reasons.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { allowScript } from '#http/middleware/security-headers.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import type { Stored } from '#storage/collection.ts';
import { type Proposal, type ProposalRow, people, proposals, type UnificationRecord } from '#storage/collections.ts';
import { numberedPage } from '../numbered.ts';
import { pageAsked, pagesOf } from '../pages.ts';
import { refusedAsLine } from '../refused.ts';
import { text, withQuery } from '../route.ts';
import { groupAsked, groupsOf, openDoubts } from './doubts.ts';
import { reasonText } from './reasons.ts';
import { recordOf } from './run.ts';

/** `/admin/unify/:id/review?at=3&group=…`: one doubt, its two rows side by side with differences marked. */
export async function reviewPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const record = await recordOf(services, req);
  const doubts = await openDoubts(services, record.id);
  const group = groupAsked(req);
  const queue = group === undefined ? doubts : doubts.filter(({ reasons }) => doubtGroup(reasons) === group);
  const place = Math.min(Math.max(0, Number.parseInt(text(req.query.at), 10) || 0), Math.max(0, queue.length - 1));
  const proposal = queue[place];
  const to = (at: number): string => withQuery(req, { at: String(at) });
  allowScript(res);
  render(res, 'admin/unify-review', {
    active: 'unify',
    record,
    place,
    group,
    groups: groupsOf(doubts),
    all: doubts.length,
    total: queue.length,
    back: place > 0 ? to(place - 1) : undefined,
    next: queue.length > place + 1 ? to(place + 1) : undefined,
    proposal: proposal === undefined ? undefined : await shownPair(res, services, record, proposal),
  });
}

async function shownPair(
  res: Response,
  services: Services,
  record: Stored<UnificationRecord>,
  proposal: Stored<Proposal>,
) {
  const chips = await systemNames(services);
  const sides = (proposal.pair ?? []).flatMap((key) => {
    const row = proposal.rows.find(({ list, at }) => `${list}:${at}` === key);
    return row === undefined ? [] : [{ row, chip: chipOf(row) }];
  });
  function chipOf({ list }: ProposalRow) {
    return list === 'directory' ? undefined : chips.known(record.systems[list]);
  }
  const [one, two] = sides;
  const fields: readonly FieldComparison[] =
    one === undefined || two === undefined ? [] : compareCells(one.row.cells, two.row.cells, proposal.reasons);
  return {
    id: proposal.id,
    version: proposal.version,
    score: proposal.score,
    reasons: proposal.reasons.map((reason) => reasonText(context(res).texts, reason)),
    sides: sides.map(({ row, chip }) => ({ list: row.list, chip, login: loginOf(row), line: row.line })),
    fields: fields.map((one) => withState(res, one)),
    others: proposal.rows
      .filter((row) => !sides.some((side) => side.row === row))
      .map((row) => ({
        list: row.list,
        chip: chipOf(row),
        login: loginOf(row),
        name: row.cells.name ?? wholeName(row.cells.given, row.cells.family),
      })),
  };
}

/** A system writes its states as it likes (`true`, `1`, `aktywny`); the page says them in one way. */
function withState(res: Response, one: FieldComparison): FieldComparison {
  if (one.field !== 'active') return one;
  const { t } = context(res).texts;
  const said = (active: string): string =>
    active === '' ? '' : t(isActive({ active }, 0) ? 'admin.unify.activeYes' : 'admin.unify.activeNo');
  const [left, right] = one.values;
  return { ...one, values: [said(left), said(right)] };
}

/** One decision; the next doubt stands at the same place of the queue. */
export async function decide(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const record = await recordOf(services, req);
  const at = text(req.body?.at);
  const group = doubtGroups.find((one) => one === text(req.body?.group));
  const back =
    text(req.body?.back) === 'proposals'
      ? 'proposals?kind=sure'
      : `review?at=${/^\d+$/.test(at) ? at : '0'}${group === undefined ? '' : `&group=${group}`}`;
  await refusedAsLine(res, `/admin/unify/${record.id}/${back}`, async () => {
    const same = text(req.body?.decision) === 'same';
    const version = Number(text(req.body?.version));
    const reason = text(req.body?.reason);
    await decideProposal(services, originOf(req, res), record.id, text(req.params.proposal), {
      same,
      ifVersion: version,
      reason,
    });
    flash(res, { tone: 'good', key: same ? 'admin.unify.joined' : 'admin.unify.keptApart' });
  });
}

const perPage = 50;
const kinds = ['sure', 'doubt', 'alone', 'aside'] as const;
const states = ['open', 'accepted', 'rejected', 'settled', 'undone'] as const;

/** `/admin/unify/:id/proposals`: everything proposed, with what was decided, what came of it, and undo. */
export async function proposalsPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const record = await recordOf(services, req);
  const kind = kinds.find((one) => one === text(req.query.kind)) ?? 'sure';
  const state = states.find((one) => one === text(req.query.state));
  const where = { unification: record.id, kind, ...(state === undefined ? {} : { state }) };
  const total = await services.store.count(proposals, where);
  const page = pageAsked(req, total, perPage);
  const items = await numberedPage(services.store, proposals, { where }, page, perPage);
  const chips = await systemNames(services);
  const rows = await Promise.all(
    items.map(async (proposal) => ({
      ...proposal,
      reasons: proposal.reasons.map((reason) => reasonText(context(res).texts, reason)),
      person: proposal.effect === undefined ? undefined : await services.store.get(people, proposal.effect.person),
      shown: proposal.rows.map((row) => ({
        chip: row.list === 'directory' ? undefined : chips.known(record.systems[row.list]),
        login: loginOf(row),
        name: row.cells.name ?? wholeName(row.cells.given, row.cells.family),
      })),
    })),
  );
  render(res, 'admin/unify-proposals', {
    active: 'unify',
    record,
    kinds,
    states,
    kind,
    state,
    rows,
    pages: pagesOf(req, total, perPage),
  });
}

/** Takes an accepted proposal apart again. */
export async function undo(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const record = await recordOf(services, req);
  await refusedAsLine(res, `/admin/unify/${record.id}/proposals?kind=${text(req.body?.kind) || 'sure'}`, async () => {
    const undone = await undoProposal(services, originOf(req, res), record.id, text(req.params.proposal), {
      ifVersion: Number(text(req.body?.version)),
    });
    const { kept = [] } = undone.effect ?? {};
    const key = kept.length === 0 ? 'admin.unify.undone' : 'admin.unify.undoneKept';
    flash(res, { tone: kept.length === 0 ? 'good' : 'warn', key, values: { fields: kept.join(', ') } });
  });
}
