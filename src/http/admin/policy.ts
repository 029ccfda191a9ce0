import type { Request, Response } from 'express';
import { policyInForce } from '#actions/policy/in-force.ts';
import { HubError } from '#domain/errors.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { conditionInWords } from '#http/i18n/condition.ts';
import { render } from '#http/render/page.ts';
import { systemNames } from '#http/systems.ts';
import { policyVersions } from '#storage/collections.ts';
import { text } from './route.ts';

/** `/admin/policy`: who gets what and by which rule, as published. */
export async function policyPage(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { texts } = context(res);
  const [policy, names, versions] = await Promise.all([
    policyInForce(services),
    systemNames(services),
    services.store.find(policyVersions, { sort: '-number', limit: 50 }),
  ]);
  const { document } = policy.compiled;
  const chip = names.of;
  render(res, 'admin/policy', {
    active: 'policy',
    number: policy.number,
    newest: versions.items[0],
    versions: versions.items,
    roles: [...document.roles].map(([id, role]) => ({
      id,
      ...role,
      grants: [...role.grants].map(([system, permissions]) => ({ chip: chip(system), permissions })),
      rules: document.assign
        .filter((rule) => rule.role === id)
        .map((rule) => ({ ...rule, words: conditionInWords(texts, rule.when) })),
    })),
    separation: document.separation.map((one) => ({
      ...one,
      conflict: one.conflict.map(({ system, permission }) => ({ chip: chip(system), permission })),
    })),
    delegations: document.delegations.map((one) => ({ ...one, fromChip: chip(one.from), toChip: chip(one.to) })),
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
    lines: version.text.replace(/\n$/, '').split('\n'),
  });
}
