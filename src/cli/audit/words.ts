import type { AuditEvent, EventType } from '#domain/audit/event.ts';

/** What each event says, in words for `audit tail`. */
export const words: Readonly<Record<EventType, string>> = {
  'request.refused': 'was refused',
  'signin.succeeded': 'signed in',
  'signin.failed': 'failed to sign in',
  'signin.locked': 'is slowed down after too many tries',
  'session.started': 'session began',
  'session.ended': 'session ended',
  'entry.granted': 'entered',
  'entry.denied': 'was not let in',
  'token.issued': 'received tokens',
  'token.refreshed': 'refreshed tokens',
  'token.revoked': 'tokens revoked',
  'token.reused': 'USED A SPENT TOKEN AGAIN',
  'delegated.granted': 'is served in another system',
  'delegated.denied': 'is not served in another system',
  'decision.made': 'was decided about',
  'logout.sent': 'sign-out on its way',
  'logout.delivered': 'sign-out delivered',
  'logout.failed': 'sign-out could not be delivered',
  'person.created': 'was created',
  'person.changed': 'was changed',
  'person.disabled': 'was disabled',
  'person.enabled': 'was enabled',
  'person.erased': 'was erased',
  'person.linked': 'was linked',
  'person.unlinked': 'was unlinked',
  'person.merged': 'was merged',
  'person.unmerged': 'was taken apart again',
  'credential.added': 'received a credential',
  'credential.removed': 'lost a credential',
  'credential.reset': 'had a credential reset',
  'role.assigned': 'was given a role',
  'role.withdrawn': 'lost a role',
  'role.expired': 'had a role run out',
  'access.requested': 'asked for access',
  'access.approved': 'was granted access',
  'access.rejected': 'was refused access',
  'review.opened': 'review opened',
  'review.decided': 'review decided',
  'review.closed': 'review closed',
  'policy.published': 'policy published',
  'policy.rolled-back': 'policy rolled back',
  'conflict.prevented': 'conflict prevented',
  'conflict.accepted': 'conflict accepted',
  'system.created': 'system created',
  'system.changed': 'system changed',
  'system.removed': 'system removed',
  'source.created': 'source created',
  'source.changed': 'source changed',
  'source.removed': 'source removed',
  'key.created': 'key made',
  'key.activated': 'key signs from now on',
  'key.retired': 'key retired',
  'audit.exported': 'audit log exported',
  'audit.verified': 'audit log verified',
  'audit.purged': 'audit log purged',
  'audit.checkpointed': 'checkpoint taken',
  'admin.signed-in': 'entered the console',
  'backup.made': 'backup made',
  'backup.restored': 'backup restored',
  'consent.given': 'consented',
  'consent.withdrawn': 'withdrew consent',
};

/** Control characters would let a name move the cursor or start another line: one event is one line. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, ' ');
}

/** Detail that a reader of the journey wants to see; the rest is in the export. */
const shown = [
  'role',
  'permissions',
  'error',
  'reason',
  'rule',
  'why',
  'audience',
  'endpoint',
  'method',
  'count',
  'kid',
];

function detailOf(event: AuditEvent): string {
  const all = { ...event.detail, ...event.personal?.detail };
  return shown
    .filter((key) => all[key] !== undefined && all[key] !== null)
    .map((key) => {
      const value = all[key];
      return `${key} ${Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : value}`;
    })
    .join('; ');
}

function nameOf(id: string | undefined, name: string | undefined): string | undefined {
  return name ?? (id === undefined ? undefined : id.length > 20 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id);
}

/**
 * One event as a line: time, who it is about, what, the way it took (`crm → erp`), what stands out, who did it.
 *
 * @param zone IANA time zone of the settings.
 */
export function lineOf(event: AuditEvent, zone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(
    new Date(event.at),
  );
  const actor = nameOf(event.actor.id, event.personal?.actor) ?? event.actor.kind;
  const subject = nameOf(event.subject?.id, event.personal?.subject);
  const who = subject ?? (event.system !== undefined && event.actor.kind !== 'person' ? '' : actor);
  const delegating = event.type.startsWith('delegated.') && event.actor.kind === 'system' ? event.actor.id : undefined;
  const from = event.via ?? delegating;
  const way = event.system === undefined ? '' : from === undefined ? event.system : `${from} → ${event.system}`;
  const mark = event.outcome === 'success' ? ' ' : event.outcome === 'denied' ? '✗' : '!';
  const by = subject !== undefined && actor !== subject && event.actor.kind !== 'hub' ? `by ${actor}` : '';
  const detail = detailOf(event);
  const parts = [time, mark, who.padEnd(26), words[event.type].padEnd(27), way.padEnd(12), detail, by];
  return oneLine(parts.filter((part) => part !== '').join('  ')).trimEnd();
}
