import type { Request, Response } from 'express';
import { policyDraft } from '#actions/policy/draft/draft.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { policyVersions } from '#storage/collections.ts';
import { text } from '../route.ts';
import { documentView } from './view.ts';

/** `/admin/policy`: who gets what and by which rule, as published. */
export async function policyPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { texts } = context(res);
  const [policy, names, versions, draft] = await Promise.all([
    policyInForce(services),
    systemNames(services),
    services.store.find(policyVersions, { sort: '-number', limit: 50 }),
    policyDraft(services),
  ]);
  render(res, 'admin/policy', {
    active: 'policy',
    number: policy.number,
    newest: versions.items[0],
    versions: versions.items,
    draft: draft.version > 0 ? draft : undefined,
    file: services.settings.policyMode === 'file' ? (services.settings.policy ?? '') : undefined,
    document: documentView(texts, names, policy.compiled.document, text(req.query.q)),
  });
}

/** `/admin/policy/versions/:number`: one version as it was written, with line numbers. */
export async function policyVersionPage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const number = Number(text(req.params.number));
  if (!Number.isSafeInteger(number)) throw new HubError('not-found');
  const page = await services.store.find(policyVersions, { where: { number }, limit: 1 });
  const version = page.items[0];
  if (version === undefined) throw new HubError('not-found');
  render(res, 'admin/policy-version', {
    active: 'policy',
    version,
    inForce: (await policyInForce(services)).number,
    editable: services.settings.policyMode !== 'file',
    lines: version.text.replace(/\n$/, '').split('\n'),
  });
}
