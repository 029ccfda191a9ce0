import type { Request, Response } from 'express';
import { everyRecord } from '#actions/access/reading.ts';
import type { Services } from '#actions/services.ts';
import { decideProposal } from '#actions/unify/decide.ts';
import { HubError } from '#domain/errors.ts';
import { compareCells } from '#domain/unify/outcome/differences.ts';
import { loginOf } from '#domain/unify/outcome/person.ts';
import { type DoubtGroup, doubtGroup, doubtGroups } from '#domain/unify/reasons.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import type { Stored } from '#storage/collection.ts';
import { type Proposal, proposals } from '#storage/collections.ts';
import { pageAsked, pagesOf } from '../pages.ts';
import { refusedAsLine } from '../refused.ts';
import { text } from '../route.ts';
import { reasonText } from './reasons.ts';
import { recordOf } from './run.ts';

const perPage = 25;

/** All open doubts of a unification, the likeliest first. */
export function openDoubts({ store }: Services, unification: string): Promise<Stored<Proposal>[]> {
  return Array.fromAsync(everyRecord(store, proposals, { where: { unification, kind: 'doubt', state: 'open' } }));
}

/** The group that a query names, if it is one. */
export function groupAsked(req: Request): DoubtGroup | undefined {
  return doubtGroups.find((group) => group === text(req.query.group));
}

/** How many doubts each group has; empty groups are left out. */
export function groupsOf(doubts: readonly Stored<Proposal>[]): readonly { id: DoubtGroup; count: number }[] {
  const counts = new Map<DoubtGroup, number>();
  for (const { reasons } of doubts) counts.set(doubtGroup(reasons), (counts.get(doubtGroup(reasons)) ?? 0) + 1);
  return doubtGroups.flatMap((id) => (counts.has(id) ? [{ id, count: counts.get(id) ?? 0 }] : []));
}

/** `/admin/unify/:id/doubts`: many doubts on a page, by what they are about; those that are ticked are decided together. */
export async function doubtsPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const record = await recordOf(services, req);
  const doubts = await openDoubts(services, record.id);
  const group = groupAsked(req);
  const fitting = group === undefined ? doubts : doubts.filter(({ reasons }) => doubtGroup(reasons) === group);
  const from = (pageAsked(req, fitting.length, perPage) - 1) * perPage;
  const chips = await systemNames(services);
  const { texts } = context(res);
  render(res, 'admin/unify-doubts', {
    active: 'unify',
    record,
    group,
    groups: groupsOf(doubts),
    all: doubts.length,
    total: fitting.length,
    from,
    pages: pagesOf(req, fitting.length, perPage),
    rows: fitting.slice(from, from + perPage).map(({ id, version, pair, rows, reasons }) => {
      const sides = (pair ?? []).flatMap((key) => rows.find(({ list, at }) => `${list}:${at}` === key) ?? []);
      const fields = compareCells(sides[0]?.cells ?? {}, sides[1]?.cells ?? {}, reasons);
      return {
        id,
        version,
        reasons: reasons.map((reason) => reasonText(texts, reason)),
        sides: sides.map((row, at) => ({
          chip: row.list === 'directory' ? undefined : chips.known(record.systems[row.list]),
          login: row.list === 'directory' ? row.id : loginOf(row),
          fields: fields
            .map(({ field, values, state }) => ({ field, value: values[at] ?? '', state }))
            .filter(({ field, value }) => shownFields.includes(field) && value !== ''),
        })),
      };
    }),
  });
}

const shownFields: readonly string[] = ['name', 'mail', 'number', 'phone', 'department', 'title'];

/** Decides the doubts that are ticked, one after the other; what stands in the way of one does not keep the others. */
export async function decideMany(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const record = await recordOf(services, req);
  const body: Record<string, unknown> = req.body ?? {};
  const group = doubtGroups.find((one) => one === text(body.group));
  const back = `/admin/unify/${record.id}/doubts${group === undefined ? '' : `?group=${group}`}`;
  await refusedAsLine(res, back, async () => {
    const ticked = Object.keys(body).flatMap((name) => (name.startsWith('doubt.') ? [name.slice(6)] : []));
    if (ticked.length === 0 || ticked.length > perPage)
      throw new HubError('invalid', undefined, { faults: [{ path: 'doubt', message: 'choose at least one pair' }] });
    const same = text(body.decision) === 'same';
    let [decided, refused] = [0, 0];
    for (const id of ticked) {
      const ifVersion = Number(text(body[`doubt.${id}`]));
      try {
        await decideProposal(services, originOf(req, res), record.id, id, {
          same,
          ifVersion,
          reason: text(body.reason),
        });
        decided += 1;
      } catch (fault) {
        if (!(fault instanceof HubError)) throw fault;
        refused += 1;
      }
    }
    flash(res, {
      tone: refused === 0 ? 'good' : 'warn',
      key: refused === 0 ? 'admin.unify.decidedMany' : 'admin.unify.decidedSome',
      values: { count: decided, refused },
    });
  });
}
