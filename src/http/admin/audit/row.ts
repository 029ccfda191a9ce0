/** One event as a row for people: who, where, what, through what, how it ended. */
import type { AuditEvent, JsonValue } from '#domain/audit/event.ts';
import type { Texts } from '#http/i18n/catalogue.ts';
import type { NamedSystem, SystemNames } from '#http/systems.ts';

export interface AuditRow {
  readonly id: string;
  readonly at: number;
  readonly type: string;
  readonly outcome: 'success' | 'failure' | 'denied';
  /** Undefined = the hub itself. */
  readonly system: NamedSystem | undefined;
  readonly via: NamedSystem | undefined;
  readonly who: { readonly name: string; readonly id: string | undefined };
  readonly what: string;
  readonly session: string | undefined;
  /** Why it was refused, in words or as a code. */
  readonly cause: string | undefined;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

export function rowOf(texts: Texts, systems: SystemNames, event: AuditEvent): AuditRow {
  const chip = (id: string | undefined): NamedSystem | undefined => (id === undefined ? undefined : systems.of(id));
  const system = chip(event.system);
  return {
    id: event.id,
    at: Date.parse(event.at),
    type: event.type,
    outcome: event.outcome,
    system,
    via: chip(event.via),
    who: whoOf(texts, systems, event),
    what: texts.t(`admin.did.${event.type}`, {
      system: system?.title ?? '',
      via: chip(event.via)?.title ?? '',
      subject: nameOf(event.personal?.subject) ?? event.subject?.id ?? '',
      // The role, the number and so on stand where the act put them.
      ...words({ ...event.before, ...event.after, ...event.detail }),
    }),
    session: event.session?.slice(0, 8),
    cause: causeOf(texts, event),
  };
}

/** The person concerned: whoever acted, or for what the hub or a system did, the one it was done for. */
function whoOf(texts: Texts, systems: SystemNames, event: AuditEvent): AuditRow['who'] {
  const { actor, subject, personal } = event;
  if (actor.kind === 'person') {
    // What concerns nobody but the actor may name them once.
    const named = personal?.actor ?? (actor.id === subject?.id ? personal?.subject : undefined);
    return { name: nameOf(named) ?? texts.t('admin.audit.aPerson'), id: actor.id };
  }
  if (subject !== undefined && uuid.test(subject.id)) {
    return { name: nameOf(personal?.subject) ?? texts.t('admin.audit.aPerson'), id: subject.id };
  }
  if (actor.kind === 'system') return { name: systems.of(actor.id ?? '').title, id: undefined };
  return { name: texts.t(actor.kind === 'operator' ? 'admin.audit.operator' : 'admin.audit.hub'), id: undefined };
}

function causeOf(texts: Texts, { outcome, detail }: AuditEvent): string | undefined {
  if (outcome === 'success') return undefined;
  const code = detail?.error ?? detail?.reason ?? detail?.cause;
  if (typeof code !== 'string') return undefined;
  const key = `admin.cause.${code}`;
  return texts.has(key) ? texts.t(key) : code;
}

/** `Anna Nowak <anna@x.example>` without the address, which the person's page has. */
function nameOf(named: string | undefined): string | undefined {
  return named?.replace(/ <[^<>]*>$/, '');
}

/** The detail's values as words for a sentence; lists are joined. */
function words(detail: AuditEvent['detail']): Record<string, string> {
  const word = (value: JsonValue): string =>
    Array.isArray(value) ? value.map(word).join(', ') : typeof value === 'object' ? '' : String(value);
  return Object.fromEntries(Object.entries(detail ?? {}).map(([name, value]) => [name, word(value)]));
}
