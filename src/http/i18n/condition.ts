import type { Condition } from '#domain/policy/document.ts';
import type { Texts } from '#http/i18n/catalogue.ts';

type Test = Extract<Condition, { kind: 'test' }>;

/** A rule's condition as a person reads it: "department is Sales and country is PL or CN". */
export function conditionInWords(texts: Texts, condition: Condition): string {
  switch (condition.kind) {
    case 'all':
      if (condition.of.length === 0) return texts.t('access.everyone');
      return list(texts, 'conjunction', condition.of);
    case 'any':
      return list(texts, 'disjunction', condition.of);
    case 'not':
      return texts.t('access.test.not', { condition: conditionInWords(texts, condition.of) });
    case 'test':
      return testInWords(texts, condition);
  }
}

function list(texts: Texts, type: 'conjunction' | 'disjunction', of: readonly Condition[]): string {
  return new Intl.ListFormat(texts.locale, { type }).format(of.map((one) => conditionInWords(texts, one)));
}

function testInWords({ t, has, locale }: Texts, { attribute, test }: Test): string {
  const named = { attribute: has(`attributes.${attribute}`) ? t(`attributes.${attribute}`) : attribute };
  switch (test.kind) {
    case 'equals':
      return t('access.test.equals', { ...named, value: test.value });
    case 'in': {
      const values = new Intl.ListFormat(locale, { type: 'disjunction' }).format(test.values);
      return t('access.test.in', { ...named, values });
    }
    case 'prefix':
      return t('access.test.prefix', { ...named, value: test.value });
    case 'exists':
      return t(test.value ? 'access.test.exists' : 'access.test.missing', named);
  }
}
