import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { type Locale, texts } from '#http/i18n/catalogue.ts';
import { conditionInWords } from '#http/i18n/condition.ts';
import { datesFor } from '#http/i18n/dates.ts';
import { localeOfHeader, localeOfTag, localeOfUiLocales } from '#http/i18n/negotiate.ts';
import { permissionName, permissionPhrases, permissionSentence } from '#http/i18n/permissions.ts';
import { Html } from '#http/render/html.ts';

const en = texts('en');

test('a language tag finds its catalogue', () => {
  const cases: [string, Locale | undefined][] = [
    ['en', 'en'],
    ['en-GB', 'en'],
    ['pl-PL', 'pl'],
    ['zh', 'zh-Hans'],
    ['zh-CN', 'zh-Hans'],
    ['zh-Hans-HK', 'zh-Hans'],
    ['zh-TW', 'zh-Hant'],
    ['zh-HK', 'zh-Hant'],
    ['zh-Hant', 'zh-Hant'],
    ['de', undefined],
    ['', undefined],
  ];
  for (const [tag, locale] of cases) assert.equal(localeOfTag(tag), locale, tag);
});

test('Accept-Language goes by quality, and by order where that is equal', () => {
  const cases: [string | undefined, Locale | undefined][] = [
    ['de, pl;q=0.8, en;q=0.5', 'pl'],
    ['en;q=0.3, zh-TW;q=0.9', 'zh-Hant'],
    ['pl, en', 'pl'],
    ['pl;q=0', undefined],
    [undefined, undefined],
    [';;;,q=,', undefined],
    [`${'x,'.repeat(5_000)}pl`, undefined],
  ];
  for (const [header, locale] of cases) assert.equal(localeOfHeader(header), locale, header?.slice(0, 40));
});

test('ui_locales names languages in order of preference', () => {
  assert.equal(localeOfUiLocales('de zh-Hant en'), 'zh-Hant');
  assert.equal(localeOfUiLocales('de'), undefined);
  assert.equal(localeOfUiLocales(['en']), undefined);
});

test('HTML pieces stand in a text, everything else is escaped', () => {
  const system = new Html('<b>CRM</b>');
  assert.equal(en.html('signIn.toOpen', { system }).text, 'to open <b>CRM</b>');
  assert.equal(en.html('signIn.toOpen', { system: '<i>&' }).text, 'to open &lt;i&gt;&amp;');
  assert.equal(
    en.html('signIn.toOpen', { system: '\uE0000\uE001{{system}} $& $1' }).text,
    'to open 0{{system}} $&amp; $1',
  );
});

test('permissions read as words', () => {
  const domains = new Map([
    ['shipment', { title: 'Shipments' }],
    ['customer', { title: 'Accounts and contacts' }],
    ['vat', { title: 'VAT returns' }],
  ]);
  assert.equal(permissionName(en, domains, 'shipment:read'), 'read shipments');
  assert.equal(permissionName(texts('zh-Hans'), domains, 'shipment:read'), '查看发货');
  assert.equal(permissionName(texts('pl'), domains, 'shipment:read'), 'przeglądać: wysyłki');
  assert.equal(permissionName(en, domains, 'customer:write'), 'write accounts and contacts', 'the company’s own word');
  assert.equal(permissionName(texts('pl'), domains, 'customer:write'), 'edytować: accounts and contacts');
  assert.equal(permissionName(en, domains, 'vat:re-open'), 're open VAT returns');
  assert.deepEqual(permissionPhrases(en, domains, ['vat:read', 'shipment:read', 'shipment:write']), [
    'read and write shipments',
    'read VAT returns',
  ]);
  const rights = ['vat:read', 'shipment:read', 'customer:read', 'customer:write'];
  assert.equal(
    permissionSentence(en, domains, rights),
    'read VAT returns and shipments; read and write accounts and contacts',
  );
});

test('conditions of rules read as words', () => {
  const cases: [string, string][] = [
    ['{ department: Sales }', 'department is Sales'],
    ['{ department: Sales, country: { in: [PL, CN] } }', 'department is Sales and country is PL or CN'],
    ['{ not: { employment: contractor } }', 'employment is not contractor'],
    [
      '{ any: [ { jobTitle: { prefix: Senior } }, { manager: { exists: false } } ] }',
      'job title begins with “Senior” or manager is not known',
    ],
    ['{}', 'for everyone in the company'],
  ];
  for (const [when, words] of cases) {
    const text = `version: 1\ndomains: { customer: { title: Customers, sides: [crm], actions: [read] } }\nroles: { a: { title: A } }\nassign: [ { role: a, when: ${when} } ]\n`;
    const checked = checkPolicy(text);
    assert.ok(checked.ok, JSON.stringify(checked));
    const [rule] = checked.document.assign;
    assert.ok(rule);
    assert.equal(conditionInWords(en, rule.when), words);
  }
});

test('times are those of the company, today and yesterday said as such', () => {
  const now = Date.parse('2026-11-22T23:30:00Z');
  const dates = datesFor(en, 'Europe/Warsaw', now);
  assert.equal(dates.near(now), 'today 00:30');
  assert.equal(dates.short(now), '00:30');
  assert.equal(dates.near(now - 3_600_000), 'yesterday 23:30');
  assert.equal(dates.near(now + 86_400_000), 'tomorrow 00:30');
  assert.equal(dates.near(now - 5 * 86_400_000), '18 Nov 2026');
  assert.equal(dates.exact(now), 'today 00:30:00');
  assert.equal(dates.exact(now - 5 * 86_400_000), '18 Nov 2026, 00:30:00');
  assert.equal(dates.heading(now), 'Today');
  assert.equal(datesFor(texts('zh-Hans'), 'Asia/Shanghai', now).day(now), '2026年11月23日星期一');
  assert.equal(dates.hour(now), 0);
});
