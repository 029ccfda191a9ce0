/** Audit events as sentences to the person they are about. */
import type { AuditEvent, JsonObject } from '#domain/audit/event.ts';
import { hubRoles } from '#domain/hub-roles.ts';
import type { PolicyDocument } from '#domain/policy/document.ts';
import type { Texts } from '#http/i18n/catalogue.ts';
import { permissionSentence } from '#http/i18n/permissions.ts';
import type { NamedSystem } from '#http/systems.ts';
import { browserName } from './browser.ts';

export interface TimelineLine {
  /** Milliseconds. */
  readonly at: number;
  readonly text: string;
  readonly system?: NamedSystem;
  /** The system it came through, when it was another: a crossing. */
  readonly from?: NamedSystem;
  readonly denied: boolean;
  /** Where it came from: address, browser. */
  readonly with: readonly string[];
}

export interface Wording {
  readonly texts: Texts;
  readonly document: PolicyDocument;
  readonly systemOf: (id: string) => NamedSystem;
  readonly personId: string;
}

/** The machinery behind an act: each of these stands beside an event that says the same in human terms. */
const machinery: ReadonlySet<string> = new Set([
  'session.started',
  'token.issued',
  'token.refreshed',
  'logout.sent',
  'logout.delivered',
  'person.linked',
  'decision.made',
]);

/** Undefined for what an employee has no use for. */
export function lineOf(event: AuditEvent, wording: Wording): TimelineLine | undefined {
  if (machinery.has(event.type)) return undefined;
  const { texts, systemOf } = wording;
  const system = event.system === undefined ? undefined : systemOf(event.system);
  const crossed = event.via !== undefined && event.via !== event.system;
  const { ip, agent } = viaBackChannel(event) ? {} : (event.personal ?? {});
  return {
    at: Date.parse(event.at),
    text: sentence(event, wording),
    ...(system === undefined ? {} : { system }),
    ...(crossed && event.via !== undefined ? { from: systemOf(event.via) } : {}),
    denied: event.outcome !== 'success',
    with: [
      ...(ip === undefined ? [] : [texts.t('activity.from', { address: ip })]),
      ...(agent === undefined ? [] : [browserName(texts, agent)]),
    ],
  };
}

/** What a system did by itself carries the system's own address, which says nothing to a person. */
function viaBackChannel({ type, actor }: AuditEvent): boolean {
  return type === 'entry.granted' || actor.kind === 'system';
}

function sentence(event: AuditEvent, { texts, document, systemOf, personId }: Wording): string {
  const { t, has } = texts;
  const elsewhere = event.subject !== undefined && event.subject.id !== personId;
  const byMe = event.actor.kind === 'person' && event.actor.id === personId;
  const side = byMe && (elsewhere || event.subject === undefined) && has(`did.${event.type}`) ? 'did' : 'event';
  const rights = permissionSentence(texts, document.domains, rightsOf(event));
  const plain = `${side}.${event.type}`;
  const key = event.type.startsWith('delegated.') && rights === '' ? `${plain}Short` : plain;
  if (!has(key)) return t('event.other', { type: event.type });
  return t(key, {
    system: event.system === undefined ? t('hub') : systemOf(event.system).title,
    via: event.via === undefined ? t('hub') : systemOf(event.via).title,
    rights,
    role: roleTitle(texts, document, textIn(event.after, 'role') ?? textIn(event.before, 'role') ?? '?'),
    how: t(howKey(event)),
    type: event.type,
  });
}

/** How somebody signed in: the second step says more than the first. */
function howKey({ detail }: AuditEvent): string {
  if (detail?.method === 'source') return detail.second === undefined ? 'how.source' : 'how.source-second';
  const second = detail?.second ?? detail?.method;
  if (second === 'password') return 'how.pwd';
  return typeof second === 'string' && second in ways ? `how.${second}` : 'how.unknown';
}

const ways = { totp: true, 'recovery-code': true, 'remembered-device': true, passkey: true, ldap: true };

function rightsOf({ detail }: AuditEvent): string[] {
  const permissions = detail?.permissions;
  return Array.isArray(permissions) ? permissions.filter((one) => typeof one === 'string') : [];
}

function textIn(object: JsonObject | undefined, field: string): string | undefined {
  const value = object?.[field];
  return typeof value === 'string' ? value : undefined;
}

/** The title that the policy gives a role; roles of the hub itself have theirs in the catalogue. */
export function roleTitle({ t }: Texts, document: PolicyDocument, role: string): string {
  if (Object.hasOwn(hubRoles, role)) return t(`hubRoles.${role}`);
  return document.roles.get(role)?.title ?? role;
}
