import { createHash } from 'node:crypto';
import { type AuditDraft, draft, type EventType, type JsonObject, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { newBreaches } from '#domain/policy/breaches.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { type CompiledPolicy, compilePolicy } from '#domain/policy/compile.ts';
import type { KnownSystem } from '#domain/policy/document.ts';
import { type Simulation, Simulator } from '#domain/policy/simulate.ts';
import { policyVersions } from '#storage/collections.ts';
import { byMode, type NamedBreach, SeparationBreached } from '../access/separation.ts';
import { personLabel, subjectOfPerson } from '../access/subject.ts';
import { actorOf } from '../named.ts';
import { namedActor } from '../people/about.ts';
import type { Services } from '../services.ts';
import { type PolicyInForce, policyInForce } from './in-force.ts';
import { everybody } from './people.ts';
import { publishingGuard, readRights, retryingRaces, rightsTag } from './rights.ts';
import { systemsForPolicy } from './systems.ts';

export interface Published extends Omit<Simulation, 'people'> {
  /** The number now in force. */
  readonly version: number;
}

export interface Publication {
  readonly text: string;
  readonly reason: string;
  /** What the record calls it; a rollback publishes an old text. */
  readonly event?: 'policy.published' | 'policy.rolled-back';
  readonly detail?: JsonObject;
  /** The systems to check against; default those of configuration and store. */
  readonly systems?: readonly KnownSystem[];
}

/**
 * Puts a policy in force as a new version. The text in force published again changes nothing and leaves no record.
 * @throws HubError `invalid` with every fault (path, line, message, suggestion), SeparationBreached when it would newly
 *   breach a `prevent` rule for anybody.
 */
export async function publishPolicy(services: Services, origin: Origin, publication: Publication): Promise<Published> {
  const systems = publication.systems ?? (await systemsForPolicy(services));
  const checked = checkPolicy(publication.text, systems);
  if (!checked.ok) throw new HubError('invalid', 'The policy has faults', { faults: checked.faults });
  const compiled = compilePolicy(checked.document);
  return retryingRaces(() => publishOnce(services, origin, publication, compiled));
}

async function publishOnce(
  services: Services,
  origin: Origin,
  publication: Publication,
  compiled: CompiledPolicy,
): Promise<Published> {
  const { store, clock } = services;
  const rights = await readRights(store);
  const before = await policyInForce(services);
  const now = clock.now();
  const effect = await effectOnPeople(services, before, compiled, now);
  const { people, ...simulation } = effect.simulation;
  if (before.text === publication.text) return { version: before.number, ...simulation };

  const event = publication.event ?? 'policy.published';
  if (effect.prevented.length > 0) await refuse(services, origin, event, effect.prevented);
  const number = before.number + 1;
  const { text, reason } = publication;
  await store.write({
    changes: [
      {
        kind: 'insert',
        collection: policyVersions,
        id: String(number).padStart(8, '0'),
        data: { number, text, reason, by: actorOf(origin), at: now },
        tag: rightsTag,
      },
      publishingGuard(rights, number),
    ],
    events: [
      draft(origin, event, 'success', {
        before: { number: before.number, sha256: sha256(before.text) },
        after: { number, sha256: sha256(text) },
        detail: { ...publication.detail, ...counts(effect.simulation), people, reason },
        personal: await namedActor(services, origin),
      }),
      ...effect.accepted.map(([separation, holders]) => acceptedByPolicy(origin, event, separation, holders)),
    ],
  });
  return { version: number, ...simulation };
}

interface Effect {
  readonly simulation: Simulation;
  readonly prevented: readonly (NamedBreach & { readonly id: string })[];
  /** Separation id -> ids of the people who newly breach it. */
  readonly accepted: readonly (readonly [string, readonly string[]])[];
}

async function effectOnPeople(
  { store }: Services,
  before: PolicyInForce,
  after: CompiledPolicy,
  now: number,
): Promise<Effect> {
  const simulator = new Simulator(before.compiled, after, now);
  const prevented: (NamedBreach & { id: string })[] = [];
  const accepted = new Map<string, string[]>();
  for await (const { id, person, assignments } of everybody(store)) {
    const subject = subjectOfPerson(person, assignments);
    simulator.add({ person: personLabel(person), subject });
    const found = byMode(newBreaches({ policy: before.compiled, subject }, { policy: after, subject }, now));
    for (const { rule, from } of found.prevented) {
      prevented.push({ id, separation: rule.id, person: personLabel(person), from: new Date(from).toISOString() });
    }
    for (const { rule } of found.accepted) {
      const holders = accepted.get(rule.id);
      if (holders === undefined) accepted.set(rule.id, [id]);
      else holders.push(id);
    }
  }
  return { simulation: simulator.result(), prevented, accepted: [...accepted] };
}

/** One record for the refused publication, however many people it concerns; nothing was changed for any of them. */
async function refuse(
  { store }: Services,
  origin: Origin,
  act: EventType,
  breaches: readonly (NamedBreach & { readonly id: string })[],
): Promise<never> {
  await store.writeNow({
    changes: [],
    events: [
      draft(origin, 'conflict.prevented', 'denied', {
        detail: {
          act,
          count: breaches.length,
          breaches: breaches.slice(0, maxNamed).map(({ separation, id }) => ({ separation, id })),
        },
      }),
    ],
  });
  throw new SeparationBreached(breaches.map(({ separation, person, from }) => ({ separation, person, from })));
}

/** So many people are named in one event. */
const maxNamed = 100;

function acceptedByPolicy(origin: Origin, act: EventType, separation: string, holders: readonly string[]): AuditDraft {
  const detail = { act, separation, count: holders.length, people: holders.slice(0, maxNamed) };
  return draft(origin, 'conflict.accepted', 'success', { detail });
}

function counts({ gains, losses, conflicts }: Simulation): JsonObject {
  return {
    gains: gains.length,
    losses: losses.length,
    conflicts: {
      appear: conflicts.appear.length,
      vanish: conflicts.vanish.length,
      stand: conflicts.stand.length,
    },
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
