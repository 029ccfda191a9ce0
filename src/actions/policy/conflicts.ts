import { personLabel, subjectOfPerson } from '../access/subject.ts';
import type { Services } from '../services.ts';
import { policyInForce } from './in-force.ts';
import { everybody } from './people.ts';

/** One separation rule that one person breaches as things stand. */
export interface StandingConflict {
  readonly separation: string;
  readonly title: string;
  readonly mode: 'prevent' | 'warn';
  readonly person: string;
  readonly personId: string;
}

/** Every breach under the policy in force, by rule and person. @param at milliseconds since 1970, default now */
export async function standingConflicts(
  services: Services,
  at: number = services.clock.now(),
): Promise<StandingConflict[]> {
  const { compiled } = await policyInForce(services);
  const found: StandingConflict[] = [];
  for await (const { id, person, assignments } of everybody(services.store)) {
    const { breaches } = compiled.access(subjectOfPerson(person, assignments), at);
    for (const rule of breaches) {
      const { title, mode } = rule;
      found.push({ separation: rule.id, title, mode, person: personLabel(person), personId: id });
    }
  }
  return found.sort((a, b) =>
    a.separation === b.separation ? order(a.personId, b.personId) : order(a.separation, b.separation),
  );
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
