import type { Condition, PolicyDocument, RuleOfPolicy, SeparationOfPolicy } from './document.ts';
import type { Fault } from './fault.ts';

/** Beyond so many rules for one role their overlaps are not looked for: each is compared with each. */
const mostCompared = 500;

/**
 * What is allowed in a policy and probably not meant: rules that overlap (one gives what another gives already), separation
 * rules that say less than another. Same shape as a fault; none of them stops a publication.
 */
export function policyNotes(document: PolicyDocument): Fault[] {
  return [...overlappingRules(document), ...weakerSeparation(document)].toSorted((a, b) => a.line - b.line);
}

function overlappingRules({ assign }: PolicyDocument): Fault[] {
  const byRole = Map.groupBy(assign, ({ role }) => role);
  return [...byRole.values()]
    .filter((rules) => rules.length > 1 && rules.length <= mostCompared)
    .flatMap((rules) =>
      rules.flatMap((rule, index): Fault[] => {
        const wider = rules.find(
          (other, place) => other !== rule && covers(other, rule) && (place < index || !covers(rule, other)),
        );
        if (wider === undefined) return [];
        const message = `Whoever this rule gives "${rule.role}" has it already by the rule on line ${wider.line}; remove one of them.`;
        return [{ path: rule.path, line: rule.line, message }];
      }),
    );
}

/** Does the wider rule hold whenever the narrower one does? Seen for conjunctions; what it cannot see it denies. */
function covers(wider: RuleOfPolicy, narrower: RuleOfPolicy): boolean {
  const begins = (wider.from ?? Number.NEGATIVE_INFINITY) <= (narrower.from ?? Number.NEGATIVE_INFINITY);
  const ends = (wider.until ?? Number.POSITIVE_INFINITY) >= (narrower.until ?? Number.POSITIVE_INFINITY);
  return begins && ends && implies(narrower.when, wider.when);
}

function implies(strong: Condition, weak: Condition): boolean {
  if (weak.kind === 'all') return weak.of.every((part) => implies(strong, part));
  if (same(strong, weak)) return true;
  if (strong.kind === 'all') return strong.of.some((part) => implies(part, weak));
  if (strong.kind === 'any') return strong.of.length > 0 && strong.of.every((part) => implies(part, weak));
  if (weak.kind === 'any') return weak.of.some((part) => implies(strong, part));
  return strong.kind === 'test' && weak.kind === 'test' && narrows(strong, weak);
}

type OneTest = Extract<Condition, { kind: 'test' }>;

function narrows({ attribute, test: strong }: OneTest, { attribute: other, test: weak }: OneTest): boolean {
  if (attribute !== other) return false;
  if (weak.kind === 'exists') return weak.value && (strong.kind !== 'exists' || strong.value);
  const values = strong.kind === 'equals' ? [strong.value] : strong.kind === 'in' ? [...strong.values] : undefined;
  if (values === undefined) {
    return strong.kind === 'prefix' && weak.kind === 'prefix' && strong.value.startsWith(weak.value);
  }
  return values.every((value) => {
    if (weak.kind === 'equals') return value === weak.value;
    return weak.kind === 'in' ? weak.values.has(value) : value.startsWith(weak.value);
  });
}

function same(one: Condition, other: Condition): boolean {
  return shape(one) === shape(other);
}

/** A condition without the places where it stands. */
function shape(condition: Condition): string {
  return JSON.stringify(condition, (key, value: unknown) => {
    if (key === 'path') return undefined;
    return value instanceof Set ? [...value].toSorted() : value;
  });
}

function weakerSeparation({ separation }: PolicyDocument): Fault[] {
  return separation.flatMap((rule, index): Fault[] => {
    const stronger = separation.find(
      (other, place) =>
        other !== rule &&
        !(rule.mode === 'prevent' && other.mode === 'warn') &&
        holdsAll(rule, other) &&
        (place < index || !holdsAll(other, rule)),
    );
    if (stronger === undefined) return [];
    const message = `Whoever breaches "${rule.id}" breaches "${stronger.id}" too; remove one of them.`;
    return [{ path: `separation[${index}]`, line: rule.line, message }];
  });
}

/** Is every entry of `fewer` in `more`? */
function holdsAll(more: SeparationOfPolicy, fewer: SeparationOfPolicy): boolean {
  return fewer.conflict.every(({ system, permission }) =>
    more.conflict.some((entry) => entry.system === system && entry.permission === permission),
  );
}
