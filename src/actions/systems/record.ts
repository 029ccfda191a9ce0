import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '#domain/audit/event.ts';
import type { SystemSettings } from '#settings/settings.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import { sealProvisioning } from '../provisioning/sealed.ts';
import type { Services } from '../services.ts';

const purpose = 'client-secret';
/** Of the secret before; they change only together with the secret, which the event names. */
const overlap = ['previousSecretSealed', 'previousSecretUntil'];

/** The secret of a system, for comparing what a client sends. It leaves this process in no other way. */
export function openClientSecret(services: Services, system: System): string | undefined {
  return system.clientSecretSealed === undefined ? undefined : services.seal.open(purpose, system.clientSecretSealed);
}

/** The previous secret during the overlap. The caller that compares it also checks `until` against the clock. */
export function openPreviousSecret(services: Services, system: System): { secret: string; until: number } | undefined {
  const { previousSecretSealed: sealed, previousSecretUntil: until } = system;
  if (sealed === undefined || until === undefined || until <= services.clock.now()) return undefined;
  return { secret: services.seal.open(purpose, sealed), until };
}

export function sealClientSecret(services: Services, secret: string): string {
  return services.seal.seal(purpose, secret);
}

/** A system as stored, from its settings; a secret that did not change keeps its sealed form. */
export function recordOf(
  services: Services,
  settings: SystemSettings,
  origin: 'config' | 'console',
  before?: Stored<System>,
): System {
  const { id: _id, clientSecret, provisioning, ...rest } = settings;
  const now = services.clock.now();
  const kept = before !== undefined && openClientSecret(services, before) === clientSecret;
  const sealed = kept
    ? before.clientSecretSealed
    : clientSecret === undefined
      ? undefined
      : sealClientSecret(services, clientSecret);
  // A secret that is set by hand replaces all there were.
  const { previousSecretSealed, previousSecretUntil } = kept ? before : {};
  return {
    ...rest,
    ...sealProvisioning(services, provisioning, before),
    ...(rest.api === undefined ? {} : { audience: rest.api.audience }),
    origin,
    enabled: before?.enabled ?? true,
    ...(sealed === undefined ? {} : { clientSecretSealed: sealed }),
    ...(previousSecretSealed === undefined || previousSecretUntil === undefined
      ? {}
      : { previousSecretSealed, previousSecretUntil }),
    createdAt: before?.createdAt ?? now,
    changedAt: now,
  };
}

/** Fields that are sealed, and how an event names them. */
const sealedFields: Readonly<Record<string, string>> = {
  clientSecretSealed: 'clientSecret',
  provisioningSealed: 'provisioning secrets',
};

/** The fields in which two records differ, for `before` and `after` of the event; secrets only as "changed". */
export function differences(before: System, after: System): { before: JsonObject; after: JsonObject } | undefined {
  const was: JsonObject = {};
  const is: JsonObject = {};
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const skipped = ['audience', 'changedAt', 'createdAt', 'id', 'version', 'expiresAt', ...overlap];
  for (const name of names) {
    if (skipped.includes(name)) continue;
    const a: unknown = before[name as keyof System];
    const b: unknown = after[name as keyof System];
    if (isDeepStrictEqual(a, b)) continue;
    const secret = sealedFields[name];
    was[secret ?? name] = secret === undefined ? json(a) : '(sealed)';
    is[secret ?? name] = secret === undefined ? json(b) : '(changed)';
  }
  return Object.keys(is).length === 0 ? undefined : { before: was, after: is };
}

function json(value: unknown): JsonObject[string] {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value)) as JsonObject[string]);
}
