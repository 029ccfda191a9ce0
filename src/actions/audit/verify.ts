import type { JWK } from 'jose';
import { newestCheckpoint } from '#actions/checkpoints/folder.ts';
import { allKeys } from '#actions/keys/stored.ts';
import type { Services } from '#actions/services.ts';
import { draft, type JsonObject, type Origin } from '#domain/audit/event.ts';
import { type Verification, type VerifyOptions, verifyExport } from '#domain/audit/verify.ts';
import { namesOf } from './names.ts';

/**
 * Walks every chain of the live store, against the newest checkpoint if there is one, and records the finding as
 * `audit.verified`. Who finds a fault learns of it even when the finding cannot be recorded.
 */
export async function verifyStore(services: Services, origin: Origin): Promise<Verification> {
  const found = await verifyExport(services.store.audit.export({}), await newestAnchor(services));
  const outcome = found.ok ? 'success' : 'failure';
  const events = [
    draft(origin, 'audit.verified', outcome, { detail: detailOf(found), personal: await namesOf(services, origin) }),
  ];
  const recording = services.store.write({ changes: [], events });
  if (found.ok) await recording;
  else await recording.catch((fault: unknown) => services.log.error({ err: fault }, 'audit.verified was not recorded'));
  return found;
}

/** The checkpoint is read before the record, so that it never speaks of events that the record had not got yet. */
async function newestAnchor(services: Services): Promise<VerifyOptions> {
  const newest = newestCheckpoint(services.settings);
  if (newest === undefined) return {};
  // Every key the hub ever had: a checkpoint outlives the key that signed it.
  const keys = (await allKeys(services)).map(({ id, alg, publicJwk }) => ({ ...publicJwk, kid: id, alg }) as JWK);
  return { checkpoint: newest.jws, jwks: { keys } };
}

function detailOf({ ok, events, writers, firstBad, checkpointFault }: Verification): JsonObject {
  return {
    ok,
    events,
    writers,
    ...(firstBad === undefined ? {} : { firstBad: { ...firstBad } }),
    ...(checkpointFault === undefined ? {} : { checkpointFault }),
  };
}
