/** What an audit event is (contract.md, "Audit event"): the words, the shapes, and which types there are. */

export const eventTypes = [
  'request.refused',
  'signin.succeeded',
  'signin.failed',
  'signin.locked',
  'session.started',
  'session.ended',
  'entry.granted',
  'entry.denied',
  'token.issued',
  'token.refreshed',
  'token.revoked',
  'token.reused',
  'delegated.granted',
  'delegated.denied',
  'decision.made',
  'logout.sent',
  'logout.delivered',
  'logout.failed',
  'person.created',
  'person.changed',
  'person.disabled',
  'person.enabled',
  'person.erased',
  'person.linked',
  'person.unlinked',
  'person.merged',
  'person.unmerged',
  'unification.started',
  'unification.matched',
  'unification.decided',
  'unification.removed',
  'credential.added',
  'credential.offered',
  'credential.removed',
  'credential.reset',
  'role.assigned',
  'role.withdrawn',
  'role.expired',
  'access.requested',
  'access.approved',
  'access.rejected',
  'access.changed',
  'access.withdrawn',
  'access.expired',
  'review.opened',
  'review.decided',
  'review.voided',
  'review.reassigned',
  'review.closed',
  'policy.published',
  'policy.rolled-back',
  'conflict.prevented',
  'conflict.accepted',
  'conflict.lapsed',
  'system.created',
  'system.changed',
  'system.removed',
  'source.created',
  'source.changed',
  'source.removed',
  'source.synced',
  'scim.group-created',
  'scim.group-changed',
  'scim.group-removed',
  'provision.planned',
  'provision.applied',
  'provision.failed',
  'provision.drifted',
  'key.created',
  'key.activated',
  'key.retired',
  'audit.exported',
  'audit.verified',
  'audit.purged',
  'audit.checkpointed',
  'admin.signed-in',
  'admin.acknowledged',
  'backup.made',
  'backup.restored',
  'consent.given',
  'consent.withdrawn',
] as const;

export type EventType = (typeof eventTypes)[number];
export type Outcome = 'success' | 'failure' | 'denied';

/** Who did it. `person` carries a person's UUID, `system` a system id, `hub` and `operator` need none. */
export interface Actor {
  readonly kind: 'person' | 'system' | 'hub' | 'operator';
  readonly id?: string;
}

/** From whom and whence an act comes; handed to every action, so that no action invents its own actor. */
export interface Origin {
  readonly actor: Actor;
  /** Public id of the session (never the cookie). */
  readonly session?: string;
  /** Request id, the same as in the log. */
  readonly request?: string;
  readonly ip?: string;
  readonly agent?: string;
  /** Language tag that whoever acts reads; for mails, never on record. */
  readonly locale?: string;
  /** The right to this act is held over the people of these departments alone; undefined: over everybody. Never on record. */
  readonly within?: readonly string[];
}

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** Personal values of an event; sealed at rest under the person's key, in the hash only as a salted digest. */
export interface Personal {
  /** Display name (and e-mail) of the actor and the subject as they were at the time. */
  actor?: string;
  subject?: string;
  ip?: string;
  agent?: string;
  detail?: JsonObject;
  before?: JsonObject;
  after?: JsonObject;
}

/** What an action says of its act; the store's writer adds id, writer, seq, at, prev and hash. */
export interface AuditDraft {
  readonly type: EventType;
  readonly outcome: Outcome;
  readonly actor: Actor;
  readonly subject?: { readonly id: string };
  readonly system?: string;
  readonly via?: string;
  readonly session?: string;
  readonly request?: string;
  readonly detail?: JsonObject;
  readonly before?: JsonObject;
  readonly after?: JsonObject;
  readonly personal?: Personal;
}

/** One record of the chain as exports show it. `hash` covers all but `hash`, `personal`, `personalSalt`. */
export interface AuditEvent extends Omit<AuditDraft, 'personal'> {
  readonly id: string;
  readonly writer: string;
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Null after an erasure. */
  readonly personal?: Personal | null;
  readonly personalDigest?: string;
  /** Hex; null after an erasure. */
  readonly personalSalt?: string | null;
  readonly prev: string;
  readonly hash: string;
}

/**
 * Starts a draft from an origin, so that actor, session, request and network go into every event alike.
 * The names in `personal` come from the caller; ip and agent come from the origin.
 */
export function draft(
  origin: Origin,
  type: EventType,
  outcome: Outcome,
  rest: Omit<AuditDraft, 'type' | 'outcome' | 'actor'> & { actor?: Actor } = {},
): AuditDraft {
  const personal: Personal = { ...rest.personal };
  if (origin.ip !== undefined) personal.ip = origin.ip;
  if (origin.agent !== undefined) personal.agent = origin.agent;
  return {
    ...(origin.session === undefined ? {} : { session: origin.session }),
    ...(origin.request === undefined ? {} : { request: origin.request }),
    ...rest,
    type,
    outcome,
    actor: rest.actor ?? origin.actor,
    ...(Object.keys(personal).length > 0 ? { personal } : {}),
  };
}
