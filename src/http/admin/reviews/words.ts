import { policyInForce } from '#actions/policy/in-force.ts';
import { roleTitle } from '#http/account/lines.ts';
import type { Context } from '#http/context.ts';
import { systemNames } from '#http/systems.ts';
import type { ReviewScope } from '#storage/collections.ts';

/** What a review asks about, as people read it. */
export async function scopeInWords({ deps, texts }: Context, scope: ReviewScope): Promise<string> {
  const { services } = deps;
  const [names, { compiled }] = await Promise.all([systemNames(services), policyInForce(services)]);
  const system = (id: string) => (id === 'hub' ? texts.t('hub') : names.of(id).title);
  const key = `reviews.scopeIs.${scope.kind}`;
  switch (scope.kind) {
    case 'department':
      return texts.t(key, { department: scope.department });
    case 'system':
      return texts.t(key, { system: system(scope.system) });
    case 'role':
      return texts.t(key, { role: roleTitle(texts, compiled.document, scope.role) });
    case 'permission':
      return texts.t(key, { system: system(scope.system), permission: scope.permission });
    default:
      return texts.t(key);
  }
}
