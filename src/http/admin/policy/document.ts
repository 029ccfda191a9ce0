import type { Request, Response } from 'express';
import { policyDraft, saveDraft } from '#actions/policy/draft/draft.ts';
import { systemsForPolicy } from '#actions/policy/systems.ts';
import { HubError } from '#domain/errors.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import type { HttpDeps } from '#http/deps.ts';
import { flash } from '#http/middleware/flash.ts';
import { originOf } from '#http/middleware/origin.ts';
import { render } from '#http/render/page.ts';
import { seenVersion } from './form.ts';

/** `/admin/policy/draft/document`: the draft as text, or a file in its place. */
export async function documentPage(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  // The page of the policy says where it lives.
  if (services.settings.policyMode === 'file') return res.redirect(303, '/admin/policy');
  const draft = await policyDraft(services);
  const checked = checkPolicy(draft.text, await systemsForPolicy(services));
  render(res, 'admin/policy-document', {
    active: 'policy',
    draft,
    text: draft.text,
    faultList: checked.ok ? [] : checked.faults,
    refused: undefined,
  });
}

/** Keeps the text as the draft, faulty or not; what is faulty is told at once and cannot be published. */
export async function documentPost(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const body: Record<string, unknown> = req.body ?? {};
  const given = (name: string) => (typeof body[name] === 'string' ? body[name] : '');
  // Browsers send CR LF; an author's lines end as they did.
  const typed = given('text').replaceAll('\r\n', '\n');
  const written = given('file') === '' ? typed : given('file');
  try {
    await saveDraft(services, originOf(req, res), written, seenVersion(req));
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.status >= 500) throw thrown;
    const draft = await policyDraft(services);
    const message = thrown.faults[0]?.message ?? thrown.message;
    render(
      res,
      'admin/policy-document',
      { active: 'policy', draft, text: written, faultList: [], refused: message },
      thrown.status,
    );
    return;
  }
  const checked = checkPolicy(written, await systemsForPolicy(services));
  if (checked.ok) flash(res, { tone: 'good', key: 'admin.form.kept' });
  else flash(res, { tone: 'warn', key: 'admin.form.keptFaulty', values: { count: checked.faults.length } });
  res.redirect(303, checked.ok ? '/admin/policy/draft' : '/admin/policy/draft/document');
}
