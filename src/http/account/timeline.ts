import { policyInForce } from '#actions/policy/in-force.ts';
import type { Services } from '#actions/services.ts';
import type { AuditEvent } from '#domain/audit/event.ts';
import type { Texts } from '#http/i18n/catalogue.ts';
import { systemNames } from '#http/systems.ts';
import type { AuditQuery } from '#storage/port.ts';
import { lineOf, type TimelineLine, type Wording } from './lines.ts';

export const filters = ['all', 'crossings', 'refused', 'sign-ins'] as const;
export type Filter = (typeof filters)[number];

export interface Timeline {
  readonly lines: readonly TimelineLine[];
  /** For the page of older ones. */
  readonly next: string | null;
}

const pageSize = 100;
/** So many pages of the record are read for one page to look at; machinery events are many. */
const mostPages = 5;

const keeps: Readonly<Record<Filter, (event: AuditEvent) => boolean>> = {
  all: () => true,
  crossings: (event) => event.via !== undefined && event.via !== event.system,
  refused: (event) => event.outcome !== 'success',
  'sign-ins': () => true,
};

/**
 * What happened to a person or by them, newest first.
 * @param least stop reading the record when so many lines are found
 * @throws HubError `bad-request` for a cursor of another query
 */
export async function timelineOf(
  services: Services,
  texts: Texts,
  personId: string,
  options: { filter?: Filter; cursor?: string; least: number },
): Promise<Timeline> {
  const { filter = 'all', least } = options;
  const { compiled } = await policyInForce(services);
  const wording: Wording = { texts, document: compiled.document, systemOf: (await systemNames(services)).of, personId };
  const query: AuditQuery = {
    person: personId,
    order: 'newest',
    limit: pageSize,
    ...(filter === 'sign-ins' ? { type: 'signin.' } : {}),
  };
  const lines: TimelineLine[] = [];
  let cursor = options.cursor;
  for (let read = 0; read < mostPages; read += 1) {
    const page = await services.store.audit.query({ ...query, ...(cursor === undefined ? {} : { cursor }) });
    for (const event of page.items) {
      const line = keeps[filter](event) ? lineOf(event, wording) : undefined;
      if (line !== undefined) lines.push(line);
    }
    if (page.next === null) return { lines, next: null };
    cursor = page.next;
    if (lines.length >= least) break;
  }
  return { lines, next: cursor ?? null };
}
