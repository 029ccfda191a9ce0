import { setImmediate } from 'node:timers/promises';
import { canonical } from '#domain/audit/canonical.ts';
import type { JsonValue } from '#domain/audit/event.ts';
import { sha256 } from '#domain/audit/hash.ts';
import type { RuleOfPolicy, SeparationOfPolicy } from '#domain/policy/document.ts';
import { givenRoles, grantsOf } from '#domain/policy/given-roles.ts';
import type { Stored } from '#storage/collection.ts';
import { type Assignment, assignments, type Person, people, type ReviewItem } from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import { subjectOfPerson } from '../access/subject.ts';
import type { PolicyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';

/** A person and all their single assignments, as stored now. */
export interface Holder {
  readonly person: Person & { readonly id: string };
  readonly assignments: readonly (Assignment & { readonly id: string })[];
}

/** What one item asks about, as it stands now. */
export interface LiveItem {
  /** What of a person's it is: the assignment's id, or the role's that rules give. Part of the item's id. */
  readonly key: string;
  readonly role: string;
  readonly assignment?: Assignment & { readonly id: string };
  /** The rules that give it; none for a single assignment. */
  readonly rules: readonly RuleOfPolicy[];
  /** System id -> permissions, with what the role includes. */
  readonly gives: ReadonlyMap<string, readonly string[]>;
  /** Breaches of separation rules that it takes part in. */
  readonly conflicts: readonly SeparationOfPolicy[];
  /** Without the assignment the person would have the role all the same. */
  readonly stays: boolean;
  /** Hash of all that a decision is about. */
  readonly digest: string;
}

/** Everything that a review could ask about one person. */
export function liveItems({ compiled }: PolicyInForce, { person, assignments: all }: Holder, now: number): LiveItem[] {
  const subject = subjectOfPerson(person, all);
  const { breaches } = compiled.access(subject, now);
  return givenRoles(compiled, { ...subject, assignments: all }, now).map((given) => {
    const { role } = given;
    const assignment = 'assignment' in given ? given.assignment : undefined;
    const rules = 'rules' in given ? given.rules : [];
    const gives = grantsOf(compiled.document, role);
    const rest = { ...subject, assignments: all.filter((one) => one !== assignment) };
    return {
      key: assignment?.id ?? sha256(role).slice(0, 24),
      role,
      ...(assignment === undefined ? {} : { assignment }),
      rules,
      gives,
      conflicts: breaches.filter(({ conflict }) =>
        conflict.some(({ system, permission }) => gives.get(system)?.includes(permission) === true),
      ),
      stays: assignment !== undefined && compiled.access(rest, now).roles.includes(role),
      digest: digestOf(person.id, role, gives, assignment, rules),
    };
  });
}

/** What an item asks about now; undefined when that is gone. */
export function liveOf(policy: PolicyInForce, item: ReviewItem, holder: Holder | undefined, now: number) {
  return holder === undefined ? undefined : among(liveItems(policy, holder, now), item);
}

/** The same for many items: each person is worked out once. */
export function liveAmong(
  policy: PolicyInForce,
  holders: ReadonlyMap<string, Holder>,
  now: number,
): (item: ReviewItem) => LiveItem | undefined {
  const known = new Map<string, readonly LiveItem[]>();
  return (item) => {
    const holder = holders.get(item.person);
    if (holder === undefined) return undefined;
    const all = known.get(item.person) ?? liveItems(policy, holder, now);
    known.set(item.person, all);
    return among(all, item);
  };
}

function among(all: readonly LiveItem[], item: ReviewItem): LiveItem | undefined {
  return all.find(({ assignment, role }) =>
    item.assignment === undefined ? assignment === undefined && role === item.role : assignment?.id === item.assignment,
  );
}

function digestOf(
  person: string,
  role: string,
  gives: LiveItem['gives'],
  assignment: (Assignment & { readonly id: string }) | undefined,
  rules: readonly RuleOfPolicy[],
): string {
  const { id, from = null, until = null, departments = null, reason, by, at } = assignment ?? {};
  const source = assignment === undefined ? rules.map(plainRule) : { id, from, until, departments, reason, by, at };
  return sha256(canonical({ person, role, gives: Object.fromEntries(gives), source } as unknown as JsonValue));
}

/** What a rule says, wherever it stands in its document. */
function plainRule({ when, from, until }: RuleOfPolicy): JsonValue {
  const plain = (key: string, value: unknown): unknown => {
    if (key === 'path') return undefined;
    return value instanceof Set ? [...value].toSorted() : value;
  };
  return JSON.parse(JSON.stringify({ when, from, until }, plain));
}

/** So long, in ms, one piece of work may keep everybody else waiting: the embedded store answers at once and lets nobody between. */
const turnMs = 8;

/** Asked again and again during long work: gives others their turn when it is time. */
export function turns(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < turnMs) return;
    await setImmediate();
    since = performance.now();
  };
}

/** These people with their assignments, two reads for all; who is gone is not among them. @param ids at most 1000 */
export async function holdersOf(
  { store }: Pick<Services, 'store'>,
  ids: Iterable<string>,
): Promise<Map<string, Holder>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const found = await store.find(people, { where: { id: { in: wanted } }, limit: 1000 });
  const byPerson = new Map<string, Stored<Assignment>[]>(found.items.map(({ id }) => [id, []]));
  for await (const one of everyRecord(store, assignments, { where: { person: { in: wanted } } }))
    byPerson.get(one.person)?.push(one);
  return new Map(found.items.map((person) => [person.id, { person, assignments: byPerson.get(person.id) ?? [] }]));
}
