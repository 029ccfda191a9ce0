import { isDeepStrictEqual } from 'node:util';
import type { JsonObject, JsonValue } from '#domain/audit/event.ts';
import { isOpenId, type SourceSettings } from '#domain/sources/source.ts';
import type { Stored } from '#storage/collection.ts';
import type { Source } from '#storage/collections.ts';
import type { Services } from '../services.ts';

const purpose = 'source-secret';

/** The client secret, or the password of who searches the directory. It leaves this process towards the source alone. */
export function openSourceSecret({ seal }: Pick<Services, 'seal'>, source: Source): string | undefined {
  return source.secretSealed === undefined ? undefined : seal.open(purpose, source.secretSealed);
}

/** A source as stored, from its settings; a secret that did not change keeps its sealed form. */
export function sourceRecord(
  services: Services,
  settings: SourceSettings,
  origin: Source['origin'],
  enabled: boolean,
  before?: Stored<Source>,
): Source {
  const secret = secretOf(settings);
  const kept = before !== undefined && openSourceSecret(services, before) === secret;
  const sealed = kept ? before.secretSealed : secret === undefined ? undefined : services.seal.seal(purpose, secret);
  const now = services.clock.now();
  const rest = Object.fromEntries(
    Object.entries(settings).filter(([key]) => !['id', 'clientSecret', 'bindPassword'].includes(key)),
  ) as Omit<Source, 'origin'>;
  return {
    ...rest,
    origin,
    enabled,
    ...(sealed === undefined ? {} : { secretSealed: sealed }),
    createdAt: before?.createdAt ?? now,
    changedAt: now,
  } as Source;
}

function secretOf(settings: SourceSettings): string | undefined {
  return isOpenId(settings) ? settings.clientSecret : settings.bindPassword;
}

/** A stored source back in the shape of its settings, its secret opened. */
export function sourceSettingsOf(services: Services, source: Stored<Source>): SourceSettings {
  const {
    version: _version,
    expiresAt: _expiresAt,
    origin: _origin,
    enabled: _enabled,
    createdAt: _createdAt,
    changedAt: _changedAt,
    secretSealed: _sealed,
    ...rest
  } = source;
  const secret = openSourceSecret(services, source);
  if (secret === undefined) return rest as SourceSettings;
  return { ...rest, [isOpenId(source) ? 'clientSecret' : 'bindPassword']: secret } as SourceSettings;
}

/** What may be shown of a source: everything but its secret. */
export function sourceView(source: Stored<Source>): Omit<Stored<Source>, 'secretSealed'> & { secret: boolean } {
  const { secretSealed, ...rest } = source;
  return { ...rest, secret: secretSealed !== undefined };
}

/** The fields in which two records differ, for `before` and `after` of the event; secrets only as "changed". */
export function sourceDifferences(
  before: Source,
  after: Source,
): { before: JsonObject; after: JsonObject } | undefined {
  const [was, is] = [before, after].map((one) => JSON.parse(JSON.stringify(one)) as Record<string, JsonValue>);
  const skipped = ['changedAt', 'createdAt', 'id', 'version', 'expiresAt'];
  const names = new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})]);
  const changed: { before: JsonObject; after: JsonObject } = { before: {}, after: {} };
  for (const name of names) {
    if (skipped.includes(name) || isDeepStrictEqual(was?.[name], is?.[name])) continue;
    const secret = name === 'secretSealed';
    changed.before[secret ? 'secret' : name] = secret ? '(sealed)' : (was?.[name] ?? null);
    changed.after[secret ? 'secret' : name] = secret ? '(changed)' : (is?.[name] ?? null);
  }
  return Object.keys(changed.after).length === 0 ? undefined : changed;
}
