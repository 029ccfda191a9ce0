import type { KoaContextWithOIDC } from 'oidc-provider';
import { recordRefusal } from '#actions/audit/refused.ts';
import type { Services } from '#actions/services.ts';
import type { Origin } from '#domain/audit/event.ts';

/**
 * A refusal at a protocol endpoint, if it concerns a known system or person (contract.md, "Audit event").
 * @param error the OAuth error code that was answered.
 */
export async function recordRefused(
  services: Services,
  origin: Origin,
  ctx: KoaContextWithOIDC,
  system: string | undefined,
  error: string,
): Promise<void> {
  const person = personOf(ctx);
  if (system === undefined && person === undefined) return;

  await recordRefusal(
    services,
    { ...origin, actor: system === undefined ? origin.actor : { kind: 'system', id: system } },
    {
      error,
      endpoint: `${ctx.method} ${endpointOf(ctx)}`,
      ...(system === undefined ? {} : { system }),
      ...(person === undefined ? {} : { subject: { id: person } }),
    },
  );
}

function personOf(ctx: KoaContextWithOIDC): string | undefined {
  const { entities, session } = ctx.oidc;
  return entities.Account?.accountId ?? entities.AccessToken?.accountId ?? session?.accountId;
}

/** The path as a template: what follows `/authorize/` is a secret. */
function endpointOf(ctx: KoaContextWithOIDC): string {
  const route: unknown = ctx._matchedRoute;
  return typeof route === 'string' ? route : ctx.path;
}
