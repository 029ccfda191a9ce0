import { isLocale, type Locale } from './catalogue.ts';

/**
 * The hub's language for one BCP 47 tag, or undefined. Chinese goes by script, or by region where no script is named
 * (Taiwan, Hong Kong and Macau write traditional characters).
 */
export function localeOfTag(tag: string): Locale | undefined {
  const parts = tag.trim().toLowerCase().split('-');
  const language = parts[0];
  if (language === 'en' || language === 'pl') return language;
  if (language !== 'zh') return undefined;
  if (parts.includes('hant')) return 'zh-Hant';
  if (parts.includes('hans')) return 'zh-Hans';
  return parts.some((part) => part === 'tw' || part === 'hk' || part === 'mo') ? 'zh-Hant' : 'zh-Hans';
}

/** The best language for an `Accept-Language` header (RFC 9110, 12.5.4) of at most 20 entries. */
export function localeOfHeader(header: string | undefined): Locale | undefined {
  return (header ?? '')
    .split(',', 20)
    .map((entry) => {
      const [tag = '', ...parameters] = entry.split(';');
      const quality = parameters.map((parameter) => /^\s*q=([\d.]{1,5})\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { locale: localeOfTag(tag), quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter((entry) => entry.locale !== undefined && entry.quality > 0)
    .toSorted((one, other) => other.quality - one.quality)[0]?.locale;
}

/** The first language of a `ui_locales` parameter (OpenID Connect Core, 3.1.2.1) that the hub speaks. */
export function localeOfUiLocales(value: unknown): Locale | undefined {
  if (typeof value !== 'string') return undefined;
  for (const tag of value.split(' ', 10)) {
    const locale = isLocale(tag) ? tag : localeOfTag(tag);
    if (locale !== undefined) return locale;
  }
  return undefined;
}
