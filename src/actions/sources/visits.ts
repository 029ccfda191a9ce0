import { z } from 'zod';
import { hashedId, randomToken } from '#platform/ids.ts';
import { sourceVisits } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import type { Services } from '../services.ts';

/** How long a person may take at a source, in milliseconds. */
const visitMs = 10 * 60_000;

const schema = z.object({
  /** The interaction that it is a sign-in for, by its secret id. */
  interaction: z.string().optional(),
  /** Or the person, already signed in, who links an identity. */
  person: z.string().optional(),
  nonce: z.string(),
  /** PKCE (RFC 7636, 4.1). */
  verifier: z.string(),
  /** The person has to prove who they are there anew. */
  fresh: z.boolean(),
  /** Milliseconds. */
  startedAt: z.number(),
});
export type Visit = z.infer<typeof schema> & { readonly source: string };

/**
 * Notes that a browser leaves for a source. @param browser value of its cookie
 * @returns the visit and its `state`, which only this browser can come back with, once
 */
export async function beginVisit(
  services: Services,
  browser: string,
  source: string,
  about: Pick<Visit, 'interaction' | 'person' | 'fresh'>,
): Promise<{ state: string; visit: Visit }> {
  const state = randomToken();
  const startedAt = services.clock.now();
  const kept = { ...about, nonce: randomToken(), verifier: randomToken(), startedAt };
  const sealed = services.seal.seal('source-visit', JSON.stringify(kept));
  const data = { source, browser: hashedId(browser), sealed };
  await services.store.writeNow({
    changes: [{ kind: 'insert', collection: sourceVisits, id: hashedId(state), data, expiresAt: startedAt + visitMs }],
  });
  return { state, visit: { ...kept, source } };
}

/** The visit that this browser comes back from; undefined when it is none, another browser's, or took too long. */
export async function findVisit(
  services: Services,
  browser: string | undefined,
  state: string,
): Promise<(Visit & { readonly version: number }) | undefined> {
  const record = browser === undefined ? undefined : await services.store.get(sourceVisits, hashedId(state));
  if (record === undefined || browser === undefined || record.browser !== hashedId(browser)) return undefined;
  if ((record.expiresAt ?? 0) <= services.clock.now()) return undefined;
  const kept = schema.parse(JSON.parse(services.seal.open('source-visit', record.sealed)));
  return { ...kept, source: record.source, version: record.version };
}

/** The same, spent: of many that come back with one `state` at once, one is given it. */
export async function spendVisit(
  services: Services,
  browser: string | undefined,
  state: string,
): Promise<Visit | undefined> {
  const visit = await findVisit(services, browser, state);
  if (visit === undefined) return undefined;
  const { version, ...rest } = visit;
  try {
    await services.store.writeNow({
      changes: [{ kind: 'remove', collection: sourceVisits, id: hashedId(state), ifVersion: version }],
    });
    return rest;
  } catch (error) {
    if (!(error instanceof CommitConflict)) throw error;
    return undefined;
  }
}
