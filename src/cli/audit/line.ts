import { stripVTControlCharacters } from 'node:util';
import type { AuditEvent } from '#domain/audit/event.ts';
import { words } from './words.ts';

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

/** `Anna Nowak <anna@…>` as `Anna Nowak`; without a name what tells an id apart. */
function nameOf(id: string | undefined, name: string | undefined): string | undefined {
  if (name !== undefined) return name.replace(/ <[^<>]*>$/, '');
  return id === undefined ? undefined : id.length > 20 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
}

/** Chinese, Japanese and Korean letters take two columns of a terminal. */
function columns(text: string): number {
  const wide = text.match(
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/gu,
  );
  return [...text].length + (wide?.length ?? 0);
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/**
 * One event as a line: time, who it is about, what, the way it took (`crm → erp`), what stands out, who did it.
 *
 * @param zone IANA time zone of the settings.
 */
export function lineOf(event: AuditEvent, zone: string): string {
  // Sweden writes times as ISO 8601 does.
  const time = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  const actor = nameOf(event.actor.id, event.personal?.actor) ?? event.actor.kind;
  const who = nameOf(event.subject?.id, event.personal?.subject) ?? actor;
  const delegating = event.type.startsWith('delegated.') && event.actor.kind === 'system' ? event.actor.id : undefined;
  const from = event.via ?? delegating;
  const way = event.system === undefined ? '' : from === undefined ? event.system : `${from} → ${event.system}`;
  const mark = event.outcome === 'success' ? ' ' : event.outcome === 'denied' ? '✗' : '!';
  const others =
    actor !== who &&
    event.actor.kind !== 'hub' &&
    (event.system === undefined || event.actor.id !== event.system) &&
    delegating === undefined;
  const parts = [
    time.format(new Date(event.at)),
    mark,
    padded(who, 22),
    padded(words[event.type], 27),
    padded(way, 12),
    ...[detailOf(event), others ? `by ${actor}` : ''].filter((part) => part !== ''),
  ];
  return oneLine(stripVTControlCharacters(parts.join('  '))).trimEnd();
}
