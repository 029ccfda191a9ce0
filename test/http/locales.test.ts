/** Four catalogues, one set of keys: a text missing in one language or a placeholder lost in translation fails here. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { errorTable } from '#domain/errors.ts';
import { hubPermissions, hubRoles } from '#domain/hub-roles.ts';
import { locales, readCatalogue, texts } from '#http/i18n/catalogue.ts';

const views = resolve(import.meta.dirname, '../../views');
const plural = /_(one|few|many|other)$/;

/** Flat keys; the forms of a plural fold into one key, since languages differ in how many they have. */
function flat(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([key, inner]) => flat(inner, path === '' ? key : `${path}.${key}`));
}

const catalogues = new Map(locales.map((locale) => [locale, flat(readCatalogue(locale))]));
const keysOf = (locale: (typeof locales)[number]) =>
  [...new Set((catalogues.get(locale) ?? []).map(([key]) => key.replace(plural, '')))].sort();
const placeholders = (text: string) =>
  [...new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name))].sort();

for (const locale of locales) {
  test(`${locale} has every key of English and no other`, () => {
    assert.deepEqual(keysOf(locale), keysOf('en'));
  });

  test(`${locale} keeps the placeholders of English and leaves no text empty`, () => {
    const english = new Map(catalogues.get('en'));
    for (const [key, text] of catalogues.get(locale) ?? []) {
      assert.notEqual(text.trim(), '', key);
      const original = english.get(key) ?? english.get(key.replace(plural, '_other')) ?? '';
      assert.deepEqual(placeholders(text), placeholders(original), `${locale} ${key}`);
    }
  });

  test(`${locale} has every plural form that its grammar asks for`, () => {
    const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    const keys = new Set((catalogues.get(locale) ?? []).map(([key]) => key));
    const counted = [...keys].filter((key) => key.endsWith('_other')).map((key) => key.replace(plural, ''));
    for (const key of counted) for (const form of forms) assert.ok(keys.has(`${key}_${form}`), `${key}_${form}`);
  });
}

test('every key that a template or a page names is in the catalogue', () => {
  const files = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.eta') || name.endsWith('.ts'))
      .map((name) => join(folder, name));
  const known = new Set(keysOf('en'));
  const missing: string[] = [];
  for (const file of [...files(views), ...files(resolve(views, '../src/http'))]) {
    const text = readFileSync(file, 'utf8');
    for (const [, key = ''] of text.matchAll(/\b(?:t|html)\(\s*'([a-zA-Z][\w.-]*)'/g)) {
      if (!known.has(key)) missing.push(`${file}: ${key}`);
    }
  }
  assert.deepEqual(missing, []);
});

test('every error, hub permission and hub role has its words', () => {
  const { has } = texts('en');
  for (const code of Object.keys(errorTable)) {
    for (const part of ['title', 'what', 'next']) assert.ok(has(`errors.${code}.${part}`), `${code} ${part}`);
  }
  for (const permission of hubPermissions) {
    assert.ok(has(`hubPermissions.${permission.slice('hub:'.length)}`), permission);
  }
  for (const role of Object.keys(hubRoles)) assert.ok(has(`hubRoles.${role}`), role);
});
