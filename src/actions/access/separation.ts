import { type AuditDraft, draft, type EventType, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { type NewBreach, newBreaches, type Standing } from '#domain/policy/breaches.ts';
import type { Assignment, Person } from '#storage/collections.ts';
import { named } from '../named.ts';
import { about } from '../people/about.ts';
import type { PolicyInForce } from '../policy/in-force.ts';
import type { Services } from '../services.ts';
import { personLabel, subjectOfPerson } from './subject.ts';

/** A person and all their single assignments: what their rights come from. */
export interface PersonState {
  readonly person: Person;
  readonly assignments: readonly (Assignment & { readonly id: string })[];
}

/** New breaches of a change, by what their mode asks for. */
export interface ChangeBreaches {
  /** Mode `prevent`: the act is refused. */
  readonly prevented: readonly NewBreach[];
  /** Mode `warn`: the act goes ahead and `acceptedEvents` go into its commit. */
  readonly accepted: readonly NewBreach[];
}

/**
 * The separation rules that a change of a person or of their assignments would newly breach, from now on.
 * @param before undefined: the person did not exist.
 */
export function breachesOfChange(
  policy: PolicyInForce,
  before: PersonState | undefined,
  after: PersonState,
  now: number,
): ChangeBreaches {
  const standing = (state: PersonState): Standing => ({
    policy: policy.compiled,
    subject: subjectOfPerson(state.person, state.assignments),
  });
  return byMode(newBreaches(before && standing(before), standing(after), now));
}

export function byMode(breaches: readonly NewBreach[]): ChangeBreaches {
  return {
    prevented: breaches.filter(({ rule }) => rule.mode === 'prevent'),
    accepted: breaches.filter(({ rule }) => rule.mode === 'warn'),
  };
}

/** A breach as answers name it. */
export interface NamedBreach {
  readonly separation: string;
  /** The person's label: e-mail or username. */
  readonly person: string;
  /** ISO instant. */
  readonly from: string;
}

/** An act was refused because it would newly breach `prevent` rules. */
export class SeparationBreached extends HubError {
  readonly breaches: readonly NamedBreach[];

  constructor(breaches: readonly NamedBreach[]) {
    const rules = [...new Set(breaches.map(({ separation }) => separation))].join(', ');
    super('separation-breached', `This would breach a separation rule: ${rules}`, {
      faults: breaches.map(({ separation, person }) => ({
        path: `separation.${separation}`,
        message: `${person} would hold everything that this rule keeps apart.`,
      })),
    });
    this.breaches = breaches;
  }
}

/**
 * Records that an act was prevented and refuses it. The record is a commit of its own, since the act does not happen.
 * @param act the event the act would have left.
 * @throws SeparationBreached always.
 */
export async function refusePrevented(
  services: Services,
  origin: Origin,
  who: { readonly id: string; readonly person: Person },
  prevented: readonly NewBreach[],
  act: EventType,
): Promise<never> {
  const { subject, personal } = await about(services, origin, { ...who.person, id: who.id });
  await services.store.writeNow({
    changes: [],
    events: prevented.map((breach) =>
      draft(origin, 'conflict.prevented', 'denied', {
        subject,
        detail: { act, ...breachDetail(breach) },
        personal,
      }),
    ),
  });
  throw new SeparationBreached(
    prevented.map((breach) => ({ ...breachDetail(breach), person: personLabel(who.person) })),
  );
}

/** The events for `warn` rules that an act newly breaches; they go into the act's own commit. */
export function acceptedEvents(
  origin: Origin,
  who: { readonly id: string; readonly person: Person },
  accepted: readonly NewBreach[],
  act: EventType,
): AuditDraft[] {
  return accepted.map((breach) =>
    draft(origin, 'conflict.accepted', 'success', {
      subject: { id: who.id },
      detail: { act, ...breachDetail(breach) },
      personal: { subject: named(who.person) },
    }),
  );
}

function breachDetail({ rule, from }: NewBreach): { separation: string; from: string } {
  return { separation: rule.id, from: new Date(from).toISOString() };
}
