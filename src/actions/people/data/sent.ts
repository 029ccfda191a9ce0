import type { AuditEvent } from '#domain/audit/event.ts';
import type { Services } from '../../services.ts';

/** What the record tells of what was sent about a person. Times in ms. */
export interface Sent {
  /** When tokens last brought a scope's claims to a system. */
  lastOf(system: string, scope: string): number | undefined;
  /** The newest agreement to a system: when, and to which scopes. */
  agreedTo(system: string): { readonly at: number; readonly scopes: readonly string[] } | undefined;
  /** When a system last called another in the person's name. */
  lastDelegated(from: string, to: string): number | undefined;
  /** The record was read back to this moment and no further; undefined: all of it. */
  readonly readBackTo?: number;
}

/** Events read at most for one look; somebody who works all day leaves some 200. */
const most = 4000;
const pageSize = 200;

/** Reads the record of a person, newest first, for what systems received of them. */
export async function sentAbout({ store }: Services, person: string): Promise<Sent> {
  const last = new Map<string, number>();
  const agreed = new Map<string, { at: number; scopes: readonly string[] }>();
  const delegated = new Map<string, number>();
  let readBackTo: number | undefined;
  for (const type of ['token.', 'consent.given', 'delegated.granted']) {
    let cursor: string | undefined;
    for (let read = 0; ; read += pageSize) {
      const query = { person, type, order: 'newest', limit: pageSize } as const;
      const page = await store.audit.query({ ...query, ...(cursor === undefined ? {} : { cursor }) });
      for (const event of page.items) note(event);
      if (page.next === null) break;
      cursor = page.next;
      if (read + pageSize < most) continue;
      readBackTo = Math.max(readBackTo ?? 0, Date.parse(page.items.at(-1)?.at ?? ''));
      break;
    }
  }
  function note(event: AuditEvent): void {
    const { type, system, outcome, subject } = event;
    if (system === undefined || outcome !== 'success' || subject?.id !== person) return;
    const at = Date.parse(event.at);
    const scopes = typeof event.detail?.scope === 'string' ? event.detail.scope.split(' ') : [];
    if (type === 'consent.given') first(agreed, system, { at, scopes });
    else if (type === 'delegated.granted') first(delegated, `${event.via ?? ''} ${system}`, at);
    else if (type === 'token.issued' || type === 'token.refreshed')
      for (const scope of scopes) first(last, `${system} ${scope}`, at);
  }
  return {
    lastOf: (system, scope) => last.get(`${system} ${scope}`),
    agreedTo: (system) => agreed.get(system),
    lastDelegated: (from, to) => delegated.get(`${from} ${to}`),
    ...(readBackTo === undefined ? {} : { readBackTo }),
  };
}

/** Newest first: the first that is met is the last that happened. */
function first<V>(found: Map<string, V>, key: string, value: V): void {
  if (!found.has(key)) found.set(key, value);
}
