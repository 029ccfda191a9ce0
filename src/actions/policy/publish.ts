import { createHash } from 'node:crypto';
import { type AuditDraft, draft, type EventType, type JsonObject, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { type CompiledPolicy, compilePolicy } from '#domain/policy/compile.ts';
import type { KnownSystem } from '#domain/policy/document.ts';
import type { Simulation } from '#domain/policy/simulate.ts';
import { policyVersions } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { type NamedBreach, SeparationBreached } from '../access/separation.ts';
import { actorOf } from '../named.ts';
import { namedActor } from '../people/about.ts';
import type { Services } from '../services.ts';
import { refuseLargeClaims } from './claims-budget.ts';
import { effectOfPolicy, simulationOf } from './effect.ts';
import { policyInForce } from './in-force.ts';
import { publishingGuard, readRights, retryingRaces, rightsTag } from './rights.ts';
import { systemsForPolicy } from './systems.ts';
import type { BreachFound, Effect } from './what-if/question.ts';

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
  /** Publish also when somebody's claims newly grow beyond a system's budget. */
  readonly overBudget?: boolean;
  /** The number that has to be in force still. */
  readonly onTopOf?: number;
  /** What else belongs to the commit, such as the end of the draft that is published. */
  readonly changes?: readonly Change[];
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
  if (publication.onTopOf !== undefined && publication.onTopOf !== before.number) {
    const message = `Version ${before.number} was published meanwhile; look at what this would change now`;
    throw new HubError('stale', message);
  }
  const after = { text: publication.text, compiled };
  const effect = await effectOfPolicy(services, before, after, { at: now, ahead: true });
  const whole = simulationOf(effect);
  const { people, ...simulation } = whole;
  if (before.text === publication.text) {
    if (publication.changes !== undefined) await store.write({ changes: publication.changes });
    return { version: before.number, ...simulation };
  }

  const event = publication.event ?? 'policy.published';
  const prevented = effect.breaches.filter(({ mode }) => mode === 'prevent').map(named);
  if (prevented.length > 0) await refuse(services, origin, event, prevented);
  if (publication.overBudget !== true) refuseLargeClaims(effect.claims);
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
      ...(publication.changes ?? []),
    ],
    events: [
      draft(origin, event, 'success', {
        before: { number: before.number, sha256: sha256(before.text) },
        after: { number, sha256: sha256(text) },
        detail: { ...publication.detail, ...counts(whole), people, reason },
        personal: await namedActor(services, origin),
      }),
      ...acceptedBy(effect).map(([separation, holders]) => acceptedByPolicy(origin, event, separation, holders)),
    ],
  });
  return { version: number, ...simulation };
}

function named({ id, person, separation, from }: BreachFound): NamedBreach & { readonly id: string } {
  return { id, separation, person, from: new Date(from).toISOString() };
}

/** Separation id -> ids of the people who newly breach a rule that warns. */
function acceptedBy({ breaches }: Effect): [string, string[]][] {
  const warned = breaches.filter(({ mode }) => mode === 'warn');
  return [...Map.groupBy(warned, ({ separation }) => separation)].map(([id, list]) => [id, list.map((one) => one.id)]);
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
