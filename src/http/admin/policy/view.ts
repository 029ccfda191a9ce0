import type { PolicyDocument } from '#domain/policy/document.ts';
import type { Texts } from '#http/i18n/catalogue.ts';
import { conditionInWords } from '#http/i18n/condition.ts';
import type { SystemNames } from '#http/systems.ts';

/** So many roles stand open on a page; more are folded. */
const mostOpen = 12;

/** A document as the pages show it. @param q only roles and rules that hold this text */
export function documentView(texts: Texts, names: SystemNames, document: PolicyDocument, q = '') {
  const chip = names.of;
  const needle = q.toLowerCase();
  const roles = [...document.roles].map(([id, role]) => ({
    id,
    ...role,
    grants: [...role.grants].map(([system, permissions]) => ({ chip: chip(system), permissions })),
    rules: document.assign
      .map((rule, index) => ({ ...rule, index, words: conditionInWords(texts, rule.when) }))
      .filter((rule) => rule.role === id),
  }));
  const shown = roles.filter(
    (role) =>
      needle === '' ||
      [role.id, role.title, role.description ?? '', ...role.grants.flatMap(({ permissions }) => permissions)]
        .concat(role.rules.map(({ words }) => words))
        .some((text) => text.toLowerCase().includes(needle)),
  );
  return {
    q,
    all: roles.length,
    open: shown.length <= mostOpen,
    roles: shown,
    domains: [...document.domains].map(([id, domain]) => ({ id, ...domain })),
    separation: document.separation.map((one, index) => ({
      ...one,
      index,
      conflict: one.conflict.map(({ system, permission }) => ({ chip: chip(system), permission })),
    })),
    delegations: document.delegations.map((one, index) => ({
      ...one,
      index,
      fromChip: chip(one.from),
      toChip: chip(one.to),
    })),
  };
}
