import type { PolicyDocument } from '#domain/policy/document.ts';
import type { RoleReason } from '#domain/policy/explain.ts';
import type { HttpDeps } from '#http/deps.ts';
import type { Texts } from '#http/i18n/catalogue.ts';
import { conditionInWords } from '#http/i18n/condition.ts';
import { datesFor } from '#http/i18n/dates.ts';
import { type Assignment, assignments, people, systems } from '#storage/collections.ts';
import { roleTitle } from './lines.ts';

/** Writes why somebody has a role: by a rule, by being given it, or as a part of another role. */
export function reasonWriter(
  { services }: HttpDeps,
  texts: Texts,
  document: PolicyDocument,
): (reason: RoleReason) => Promise<string> {
  const { t } = texts;
  const dates = datesFor(texts, services.settings.timeZone, services.clock.now());

  const giver = async ({ by }: Assignment): Promise<string> => {
    const [kind, id = ''] = by.split(':', 2);
    if (kind === 'person') return (await services.store.get(people, id))?.name ?? t('access.operator');
    if (kind === 'system') return (await services.store.get(systems, id))?.title ?? id;
    return t('access.operator');
  };

  return async (reason) => {
    if ('includedBy' in reason) {
      return t('access.byIncluded', { role: roleTitle(texts, document, reason.includedBy) });
    }
    if ('rule' in reason) {
      const rule = document.assign.find(({ path }) => path === reason.rule.path);
      if (rule === undefined) return t('access.byRuleShort');
      return t('access.byRule', { rule: conditionInWords(texts, rule.when) });
    }
    const assignment = await services.store.get(assignments, reason.assignment);
    if (assignment === undefined) return t('access.bySingle', { by: t('access.operator') });
    const by = await giver(assignment);
    // `until` is exclusive; the last whole day is the one before it.
    if (assignment.until === undefined) return t('access.bySingle', { by });
    return t('access.bySingleUntil', { by, date: dates.date(assignment.until - 1) });
  };
}
