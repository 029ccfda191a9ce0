/** Permissions in plain words to employees: `shipment:read` becomes "read shipments". */
import { type Texts, texts } from './catalogue.ts';

/** What the policy's vocabulary says of a domain. */
export interface DomainTitle {
  readonly title: string;
}
export type DomainTitles = Readonly<Record<string, DomainTitle>> | ReadonlyMap<string, DomainTitle>;

const titleIn = (domains: DomainTitles, id: string): string | undefined => {
  if (domains instanceof Map) return domains.get(id)?.title;
  return Object.hasOwn(domains, id) ? (domains as Record<string, DomainTitle>)[id]?.title : undefined;
};

/**
 * The name of a domain inside a sentence. A domain that the company renamed keeps the company's word; one that still has
 * the usual title is translated.
 */
export function domainName(language: Texts, domains: DomainTitles, id: string): string {
  const title = titleIn(domains, id) ?? id.replaceAll('-', ' ');
  const key = `domains.${id}`;
  const usual = texts('en');
  if (language.has(key) && (title.toLowerCase() === usual.t(key).toLowerCase() || titleIn(domains, id) === undefined)) {
    return language.t(key);
  }
  // "Shipments" inside a sentence is "shipments"; "VAT returns" stays.
  return /^\p{Lu}\p{Ll}/u.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title;
}

/** @param permission `domain:action` */
export function permissionName(language: Texts, domains: DomainTitles, permission: string): string {
  const [domain = permission, action = ''] = permission.split(':');
  const name = domainName(language, domains, domain);
  const key = `permissions.${action}`;
  if (action !== '' && language.has(key)) return language.t(key, { domain: name });
  return language.t('permissions.other', { domain: name, action: action.replaceAll('-', ' ') });
}
