import type { Condition, RuleOfPolicy } from './document.ts';
import type { Attributes } from './subject.ts';

/** An attribute and the values of which a person needs one for a rule to hold. */
interface Anchor {
  readonly attribute: string;
  readonly values: readonly string[];
}

/**
 * Finds the rules that may hold for a person without looking at all of them: each rule lies under the values of one
 * attribute that it demands by `equals` or `in`; the few that demand none are always looked at.
 */
export class RuleIndex {
  readonly #byAttribute = new Map<string, Map<string, RuleOfPolicy[]>>();
  readonly #always: RuleOfPolicy[] = [];

  constructor(rules: readonly RuleOfPolicy[]) {
    const anchors = rules.map((rule) => anchorsOf(rule.when));
    const shared = new Map<string, number>();
    for (const key of anchors.flat().flatMap(keysOf)) shared.set(key, (shared.get(key) ?? 0) + 1);
    const company = (anchor: Anchor) => keysOf(anchor).reduce((sum, key) => sum + (shared.get(key) ?? 0), 0);
    for (const [index, rule] of rules.entries()) {
      // Under the demand that the fewest other rules share.
      const anchor = anchors[index]?.toSorted((a, b) => company(a) - company(b))[0];
      if (anchor === undefined) this.#always.push(rule);
      else this.#put(anchor, rule);
    }
  }

  /** Calls back with each rule that may hold; one rule may come twice. */
  candidates(attributes: Attributes, visit: (rule: RuleOfPolicy) => void): void {
    for (const rule of this.#always) visit(rule);
    for (const [attribute, byValue] of this.#byAttribute) {
      const value = attributes.get(attribute);
      if (value === undefined) continue;
      if (typeof value === 'string') byValue.get(value)?.forEach(visit);
      else for (const element of value) byValue.get(element)?.forEach(visit);
    }
  }

  #put(anchor: Anchor, rule: RuleOfPolicy): void {
    let byValue = this.#byAttribute.get(anchor.attribute);
    if (byValue === undefined) {
      byValue = new Map();
      this.#byAttribute.set(anchor.attribute, byValue);
    }
    for (const value of new Set(anchor.values)) {
      const rules = byValue.get(value);
      if (rules === undefined) byValue.set(value, [rule]);
      else rules.push(rule);
    }
  }
}

/** The demands that must be met whatever else the condition says. */
function anchorsOf(condition: Condition): Anchor[] {
  if (condition.kind === 'all') return condition.of.flatMap(anchorsOf);
  if (condition.kind !== 'test') return [];
  const { attribute, test } = condition;
  if (test.kind === 'equals') return [{ attribute, values: [test.value] }];
  if (test.kind === 'in') return [{ attribute, values: [...test.values] }];
  return [];
}

function keysOf({ attribute, values }: Anchor): string[] {
  return values.map((value) => `${attribute}\u0000${value}`);
}
