import type { Condition } from '#domain/policy/document.ts';
import type { Texts } from '#http/i18n/catalogue.ts';

type Test = Extract<Condition, { kind: 'test' }>;

/** A rule's condition as a person reads it: "department is Sales and country is PL or CN". */
export function conditionInWords(texts: Texts, given: Condition): string {
  const condition = unwrapped(given);
  switch (condition.kind) {
    case 'all':
      if (condition.of.length === 0) return texts.t('access.everyone');
      return list(texts, 'conjunction', condition.of);
    case 'any':
      return list(texts, 'disjunction', condition.of);
    case 'not': {
      const denied = unwrapped(condition.of);
      if (denied.kind === 'test') return testInWords(texts, denied, true);
      return texts.t('access.test.not', { condition: conditionInWords(texts, denied) });
    }
    case 'test':
      return testInWords(texts, condition);
  }
}

/** A list of one is what is in it. */
function unwrapped(condition: Condition): Condition {
  const [only, second] = condition.kind === 'all' || condition.kind === 'any' ? condition.of : [];
  return only !== undefined && second === undefined ? unwrapped(only) : condition;
}

function list(texts: Texts, type: 'conjunction' | 'disjunction', of: readonly Condition[]): string {
  return new Intl.ListFormat(texts.locale, { type }).format(of.map((one) => conditionInWords(texts, one)));
}

function testInWords({ t, has, locale }: Texts, { attribute, test }: Test, negated = false): string {
  const named = { attribute: has(`attributes.${attribute}`) ? t(`attributes.${attribute}`) : attribute };
  switch (test.kind) {
    case 'equals':
      return t(negated ? 'access.test.isNot' : 'access.test.equals', { ...named, value: test.value });
    case 'in': {
      const value = new Intl.ListFormat(locale, { type: 'disjunction' }).format(test.values);
      return t(negated ? 'access.test.isNot' : 'access.test.equals', { ...named, value });
    }
    case 'prefix':
      return t(negated ? 'access.test.notPrefix' : 'access.test.prefix', { ...named, value: test.value });
    case 'exists':
      return t(test.value !== negated ? 'access.test.exists' : 'access.test.missing', named);
  }
}
