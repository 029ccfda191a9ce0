/** The texts of the hub: one JSON catalogue per language in views/locales, English the fallback. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInstance } from 'i18next';
import { escapeHtml, Html } from '#http/render/html.ts';

export const locales = ['en', 'zh-Hans', 'zh-Hant', 'pl'] as const;
export type Locale = (typeof locales)[number];

/** How each language calls itself. */
export const localeNames: Readonly<Record<Locale, string>> = {
  en: 'English',
  'zh-Hans': '简体中文',
  'zh-Hant': '繁體中文',
  pl: 'polski',
};

export type Values = Readonly<Record<string, unknown>>;
/** A text by key; `{{name}}` in it is replaced from `values`, `count` chooses the plural. */
export type Translate = (key: string, values?: Values) => string;

export interface Texts {
  readonly locale: Locale;
  readonly t: Translate;
  readonly has: (key: string) => boolean;
  /** The same with HTML pieces among the values; everything else is escaped. */
  readonly html: (key: string, values?: Values) => Html;
}

export function isLocale(value: unknown): value is Locale {
  return (locales as readonly unknown[]).includes(value);
}

const folder = resolve(import.meta.dirname, '../../../views/locales');
const read = (path: string): Record<string, unknown> => JSON.parse(readFileSync(join(folder, path), 'utf8'));
/** Employees' texts in one file, the console's, those of connecting systems, of their accounts and of mails in others, so that each can be read and translated whole. */
export const readCatalogue = (locale: Locale): Record<string, unknown> => ({
  ...read(`${locale}.json`),
  admin: read(`admin/${locale}.json`),
  connect: read(`connect/${locale}.json`),
  provision: read(`provision/${locale}.json`),
  mail: read(`mail/${locale}.json`),
});

const i18n = createInstance();
void i18n.init({
  initAsync: false,
  lng: 'en',
  fallbackLng: 'en',
  supportedLngs: [...locales],
  load: 'currentOnly',
  resources: Object.fromEntries(locales.map((locale) => [locale, { translation: readCatalogue(locale) }])),
  // Templates escape; escaping here too would show entities to people.
  interpolation: { escapeValue: false, skipOnVariables: true },
  returnNull: false,
});

// Private-use characters stand for HTML pieces while the text around them is escaped.
const open = '\uE000';
const close = '\uE001';

const mostFilled = 1000;
const longestSign = 300;

/** What a text depends on, as one string; nothing when that is long or more than strings and numbers. */
function signOf(key: string, values: Values): string | undefined {
  let sign = key;
  for (const name in values) {
    const value = values[name];
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    // With its type and length: no value can pass for a name, or for two values.
    sign += `\u0000${name}\u0000${typeof value}${String(value).length}\u0000${value}`;
    if (sign.length > longestSign) return undefined;
  }
  return sign;
}

function textsOf(locale: Locale): Texts {
  const fixed = i18n.getFixedT(locale);
  /** Texts in which nothing is replaced, as most of a page: looked up once. What is not in the catalogue is not kept. */
  const plain = new Map<string, string>();
  /** Texts with short values in them: the same few stand on page after page. */
  const filled = new Map<string, string>();
  const t: Translate = (key, values) => {
    if (values !== undefined) {
      const sign = signOf(key, values);
      if (sign === undefined) return fixed(key, { ...values });
      let text = filled.get(sign);
      if (text === undefined) {
        text = fixed(key, { ...values });
        if (filled.size >= mostFilled) filled.clear();
        filled.set(sign, text);
      }
      return text;
    }
    const known = plain.get(key);
    if (known !== undefined) return known;
    const text = fixed(key);
    if (i18n.exists(key, { lng: locale })) plain.set(key, text);
    return text;
  };
  return {
    locale,
    t,
    has: (key) => i18n.exists(key, { lng: locale }),
    html(key, values = {}) {
      const pieces: Html[] = [];
      const marked = Object.fromEntries(
        Object.entries(values).map(([name, value]) => {
          if (value instanceof Html) return [name, `${open}${pieces.push(value) - 1}${close}`];
          return [name, typeof value === 'string' ? value.replaceAll(open, '').replaceAll(close, '') : value];
        }),
      );
      const text = escapeHtml(t(key, marked));
      return new Html(text.replace(/\uE000(\d+)\uE001/g, (_all, index) => pieces[Number(index)]?.text ?? ''));
    },
  };
}

const all = new Map(locales.map((locale) => [locale, textsOf(locale)]));

/** The texts in one language. */
export function texts(locale: Locale): Texts {
  return all.get(locale) ?? textsOf('en');
}
