import type { Services } from '#actions/services.ts';
import { draft, type JsonObject, type Origin } from '#domain/audit/event.ts';
import { type Verification, type VerifyOptions, verifyExport } from '#domain/audit/verify.ts';

/**
 * Walks every chain of the live store and records the finding as `audit.verified`; the one who finds a fault learns of it even
 * when it cannot be recorded.
 * @param options the newest checkpoint, to find a tail that was cut off
 */
export async function verifyStore(
  services: Services,
  origin: Origin,
  options: VerifyOptions = {},
): Promise<Verification> {
  const found = await verifyExport(services.store.audit.export({}), options);
  const outcome = found.ok ? 'success' : 'failure';
  const events = [draft(origin, 'audit.verified', outcome, { detail: detailOf(found) })];
  const recording = services.store.write({ changes: [], events });
  if (found.ok) await recording;
  else await recording.catch((fault: unknown) => services.log.error({ err: fault }, 'audit.verified was not recorded'));
  return found;
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
