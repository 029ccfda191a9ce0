import { isActive } from '#domain/people/active.ts';
import { withIncluders } from '#domain/policy/inclusion.ts';
import { acceptances, type ReviewItem, type ReviewScope } from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import { acceptanceId, isAccepted } from '../conflicts/accept.ts';
import { type PolicyInForce, policyInForce } from '../policy/in-force.ts';
import { everybody } from '../policy/people.ts';
import type { Services } from '../services.ts';
import { type Holder, type LiveItem, liveItems, turns } from './live.ts';
import { type Asked, choosing } from './reviewers.ts';

export interface PlannedItem {
  /** What its id ends in, after the review's own. */
  readonly key: string;
  readonly data: Omit<ReviewItem, 'review'>;
}

/**
 * What a review asks, and whom: page by page of the active people, as committed. One walk over everybody, with a turn for others
 * every few people.
 */
export async function* planItems(
  services: Services,
  { scope, reviewers }: { readonly scope: ReviewScope; readonly reviewers: Asked },
): AsyncGenerator<PlannedItem[]> {
  const now = services.clock.now();
  const policy = await policyInForce(services);
  const fits = await fitting(services, policy, scope);
  const choose = choosing(services, reviewers);
  const turn = turns();
  for await (const page of everybody(services.store)) {
    const planned: PlannedItem[] = [];
    for (const { id, person: record, assignments } of page) {
      await turn();
      const person = { ...record, id };
      const holder = { person, assignments };
      if (!isActive(person, now)) continue;
      for (const live of liveItems(policy, holder, now)) {
        if (!fits(holder, live)) continue;
        const { role, assignment, digest } = live;
        const reviewer = (await choose(person, role)) ?? '';
        planned.push({
          key: `${person.id}.${live.key}`,
          data: {
            ...{ person: person.id, role, reviewer, state: 'open', digest },
            ...(assignment === undefined ? {} : { assignment: assignment.id }),
          },
        });
      }
    }
    yield planned;
  }
}

type Fits = (holder: Holder, live: LiveItem) => boolean;

/** Does a review of this scope ask about it? */
async function fitting({ store, clock }: Services, { compiled }: PolicyInForce, scope: ReviewScope): Promise<Fits> {
  switch (scope.kind) {
    case 'everybody':
      return () => true;
    case 'department':
      return ({ person }) => person.department === scope.department;
    case 'system':
      return (_, { gives }) => gives.has(scope.system);
    case 'role': {
      const carrying = withIncluders(compiled.includers, [scope.role]);
      return (_, { role }) => carrying.has(role);
    }
    case 'permission':
      return (_, { gives }) => gives.get(scope.system)?.includes(scope.permission) === true;
    case 'conflicts': {
      const accepted = new Set<string>();
      for await (const one of everyRecord(store, acceptances)) if (isAccepted(one, clock.now())) accepted.add(one.id);
      return ({ person }, { conflicts }) => conflicts.some(({ id }) => !accepted.has(acceptanceId(person.id, id)));
    }
  }
}
