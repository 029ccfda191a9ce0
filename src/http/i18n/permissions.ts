/** Permissions in plain words to employees: `shipment:read` becomes "read shipments". */
import { type Texts, texts } from './catalogue.ts';

/** What the policy's vocabulary says of its domains, by id. */
export type DomainTitles = ReadonlyMap<string, { readonly title: string }>;

/**
 * The name of a domain inside a sentence. A domain that the company renamed keeps the company's word; one that still has
 * the usual title is translated.
 */
export function domainName(language: Texts, domains: DomainTitles, id: string): string {
  const given = domains.get(id)?.title;
  const title = given ?? id.replaceAll('-', ' ');
  const key = `domains.${id}`;
  const usual = texts('en');
  if (usual.has(key) && (given === undefined || given.toLowerCase() === usual.t(key).toLowerCase())) {
    return language.t(key);
  }
  // "Shipments" inside a sentence is "shipments"; "VAT returns" stays.
  return /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

/** @param permission `domain:action` */
export function permissionName(language: Texts, domains: DomainTitles, permission: string): string {
  const [domain = permission, action = ''] = permission.split(':');
  return pattern(language, domains, [domain], [action]);
}

/** Several permissions, one phrase per domain, most rights first: "read and write customers", "read campaigns". */
export function permissionPhrases(language: Texts, domains: DomainTitles, permissions: readonly string[]): string[] {
  return [...actionsByDomain(permissions)]
    .toSorted(([, one], [, other]) => other.length - one.length)
    .map(([domain, actions]) => pattern(language, domains, [domain], actions));
}

/** The same as a part of a sentence: what is done once, with all it is done to: "read invoices and shipments". */
export function permissionSentence(language: Texts, domains: DomainTitles, permissions: readonly string[]): string {
  const domainsByActions = new Map<string, string[]>();
  for (const [domain, actions] of actionsByDomain(permissions)) {
    const key = actions.join(' ');
    domainsByActions.set(key, [...(domainsByActions.get(key) ?? []), domain]);
  }
  const parts = [...domainsByActions].map(([actions, ids]) => pattern(language, domains, ids, actions.split(' ')));
  return parts.join('; ');
}

function actionsByDomain(permissions: readonly string[]): Map<string, string[]> {
  const actions = new Map<string, string[]>();
  for (const permission of permissions) {
    const [domain = permission, action = ''] = permission.split(':');
    actions.set(domain, [...(actions.get(domain) ?? []), action]);
  }
  return actions;
}

function pattern(language: Texts, domains: DomainTitles, ids: readonly string[], actions: readonly string[]): string {
  const { t, has, locale } = language;
  const verbs = actions.map((action) => {
    const key = `permissions.verbs.${action}`;
    return has(key) ? t(key) : action.replaceAll('-', ' ');
  });
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const names = ids.map((id) => domainName(language, domains, id));
  return t('permissions.pattern', { actions: list.format(verbs), domain: list.format(names) });
}
