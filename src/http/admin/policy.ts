import type { Request, Response } from 'express';
import { policyInForce } from '#actions/policy/in-force.ts';
import { HubError } from '#domain/errors.ts';
import type { Condition } from '#domain/policy/document.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import type { Translate } from '#http/i18n/catalogue.ts';
import { render } from '#http/render/page.ts';
import { policyVersions } from '#storage/collections.ts';
import { text } from './route.ts';
import { systemChips } from './systems-by-id.ts';

/** `/admin/policy`: who gets what and by which rule, as published. */
export async function policyPage(_req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const { texts } = context(res);
  const [policy, chips, versions] = await Promise.all([
    policyInForce(services),
    systemChips(services),
    services.store.find(policyVersions, { sort: '-number', limit: 50 }),
  ]);
  const { document } = policy.compiled;
  const chip = (id: string) => chips.get(id) ?? { id, title: id, side: 'other' as const };
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
        .map((rule) => ({ ...rule, words: conditionWords(texts.t, rule.when) })),
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

/** A rule's condition in words: "department is Sales and country is PL or CN". */
export function conditionWords(t: Translate, condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      return condition.of.length === 0 ? t('admin.when.everyone') : join(t, condition.of, 'admin.when.and');
    case 'any':
      return condition.of.length === 0 ? t('admin.when.nobody') : join(t, condition.of, 'admin.when.or');
    case 'not':
      return t('admin.when.not', { what: conditionWords(t, condition.of) });
    case 'test':
      return testWords(t, condition);
  }
}

function testWords(t: Translate, { attribute, test }: Extract<Condition, { kind: 'test' }>): string {
  switch (test.kind) {
    case 'equals':
      return t('admin.when.is', { attribute, value: test.value });
    case 'in':
      return t('admin.when.is', { attribute, value: [...test.values].join(t('admin.when.orShort')) });
    case 'prefix':
      return t('admin.when.prefix', { attribute, value: test.value });
    case 'exists':
      return t(test.value ? 'admin.when.exists' : 'admin.when.absent', { attribute });
  }
}

function join(t: Translate, parts: readonly Condition[], key: string): string {
  return parts
    .map((part) => {
      const words = conditionWords(t, part);
      const nested = (part.kind === 'all' || part.kind === 'any') && part.of.length > 1;
      return nested ? `(${words})` : words;
    })
    .join(t(key));
}
