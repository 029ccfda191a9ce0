/** What is done with the draft as a whole, and going back to an old version. */
import type { Request, Response } from 'express';
import { comparePolicies } from '#actions/policy/compare.ts';
import { discardDraft, rebaseDraft } from '#actions/policy/draft/draft.ts';
import { previewPolicy } from '#actions/policy/draft/preview.ts';
import { publishDraft } from '#actions/policy/draft/publish.ts';
import { policyVersion } from '#actions/policy/history.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { rollbackPolicy } from '#actions/policy/rollback.ts';
import { HubError } from '#domain/errors.ts';
import { lineDiff } from '#domain/text/diff.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { freshOrAgain } from '#http/middleware/fresh.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { pagesOf } from '../pages.ts';
import { refusedAsLine } from '../refused.ts';
import { repeat } from '../repeat.ts';
import { text } from '../route.ts';
import { pageNumber } from './draft.ts';
import { effectView, pageSize } from './effect.ts';
import { seenVersion } from './form.ts';

const draftPath = '/admin/policy/draft';

export async function discard(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  await refusedAsLine(res, '/admin/policy', async () => {
    await discardDraft(services, seenVersion(req));
    flash(res, { tone: 'good', key: 'admin.draft.discarded' });
  });
}

export async function rebase(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  await refusedAsLine(res, draftPath, async () => {
    await rebaseDraft(services, originOf(req, res), seenVersion(req));
    flash(res, { tone: 'good', key: 'admin.draft.rebased' });
  });
}

function publication(req: Request): { reason: string; overBudget: boolean } {
  const reason = text(req.body?.reason);
  if (reason === '') {
    throw new HubError('invalid', undefined, { faults: [{ path: 'reason', message: 'say why, for the record' }] });
  }
  return { reason, overBudget: text(req.body?.overBudget) === 'yes' };
}

/** Publishes the draft that was looked at; back to it with a line when that is refused. */
export async function publish(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  if (!(await freshOrAgain(res, repeat(draftPath)))) return;
  const filled = { reason: text(req.body?.reason) };
  let back = draftPath;
  const act = async () => {
    const published = await publishDraft(services, originOf(req, res), seenVersion(req), publication(req));
    back = '/admin/policy';
    flash(res, { tone: 'good', key: 'admin.draft.published', values: { number: published.version } });
  };
  await refusedAsLine(res, () => back, act, filled);
}

async function versionOf({ services }: HttpDeps, req: Request) {
  const wanted = text(req.params.number);
  if (!/^[1-9]\d{0,7}$/.test(wanted)) throw new HubError('not-found');
  return policyVersion(services, Number(wanted));
}

/** `/admin/policy/versions/:number/rollback`: what would change if this version came back? */
export async function rollbackPage(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const old = await versionOf(deps, req);
  const [inForce, names, preview] = await Promise.all([
    policyInForce(services),
    systemNames(services),
    previewPolicy(services, old.text),
  ]);
  const page = pageNumber(req);
  const view = effectView(names, preview, page);
  render(res, 'admin/policy-rollback', {
    active: 'policy',
    old,
    ...view,
    hunks: lineDiff(inForce.text, old.text),
    pages: 'rowCount' in view ? pagesOf(req, view.rowCount, pageSize) : undefined,
  });
}

export async function rollback(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const old = await versionOf(deps, req);
  const page = `/admin/policy/versions/${old.number}/rollback`;
  if (!(await freshOrAgain(res, repeat(page)))) return;
  let back = page;
  const act = async () => {
    const { reason, overBudget } = publication(req);
    const onTopOf = Number(text(req.body?.against));
    const done = await rollbackPolicy(services, originOf(req, res), old.number, reason, { overBudget, onTopOf });
    back = '/admin/policy';
    flash(res, {
      tone: 'good',
      key: 'admin.draft.rolledBack',
      values: { number: done.version, old: old.number },
    });
  };
  await refusedAsLine(res, () => back, act, { reason: text(req.body?.reason) });
}

/** `/admin/policy/compare?from=&to=`: what differs between any two versions. */
export async function comparePage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const newest = (await policyInForce(services)).number;
  const numberOf = (value: string, usual: number) => (/^[1-9]\d{0,7}$/.test(value) ? Number(value) : usual);
  const to = numberOf(text(req.query.to), newest);
  const from = numberOf(text(req.query.from), Math.max(1, to - 1));
  const [before, after] = await Promise.all([policyVersion(services, from), policyVersion(services, to)]);
  render(res, 'admin/policy-compare', {
    active: 'policy',
    newest,
    before,
    after,
    changes: comparePolicies(before.text, after.text),
    hunks: lineDiff(before.text, after.text),
  });
}
