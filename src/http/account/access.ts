import type { RequestHandler } from 'express';
import { type EffectiveAccess, effectiveAccess } from '#actions/access/effective.ts';
import { type AccessExplanation, explainAccess } from '#actions/access/explain.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import type { HubRights } from '#domain/hub-rights.ts';
import type { PolicyDocument } from '#domain/policy/document.ts';
import { context } from '#http/context.ts';
import type { Texts } from '#http/i18n/catalogue.ts';
import { permissionName } from '#http/i18n/permissions.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import type { Stored } from '#storage/collection.ts';
import type { System } from '#storage/collections.ts';
import { roleTitle } from './lines.ts';
import { reasonWriter } from './role-reasons.ts';
import { placesToGo } from './systems.ts';

/** What I may do in each system, and why: made by the same functions that issue, so it cannot differ from what holds. */
export const accessPage: RequestHandler = async (_req, res) => {
  const { deps, texts } = context(res);
  const { services } = deps;
  const { person, rights } = viewer(res);
  const [access, { compiled }, places] = await Promise.all([
    effectiveAccess(services, person),
    policyInForce(services),
    placesToGo(services),
  ]);
  const { document } = compiled;
  const explained = await Promise.all(
    places.map(async (system) => ({ system, explanation: await explainAccess(services, person, system.id) })),
  );
  const because = reasonWriter(deps, texts, document);
  const roles = await Promise.all(
    (explained[0]?.explanation.roles ?? []).map(async (role) => ({
      id: role.role,
      title: roleTitle(texts, document, role.role),
      because: await Promise.all(role.because.map(because)),
    })),
  );
  render(res, 'account/access', {
    roles,
    systems: explained.map(({ system, explanation }) => inSystem(texts, document, access, system, explanation)),
    hubRights: hubRightsInWords(texts, rights),
  });
};

function hubRightsInWords({ t }: Texts, { everywhere, limited }: HubRights): string[] {
  const words = (permission: string) => t(`hubPermissions.${permission.slice('hub:'.length)}`);
  return [
    ...[...everywhere].map(words),
    ...[...limited].map(([permission, departments]) =>
      t('hubPermissions.within', { right: words(permission), departments: [...departments].join(', ') }),
    ),
  ];
}

function inSystem(
  texts: Texts,
  document: PolicyDocument,
  access: EffectiveAccess,
  system: Stored<System>,
  explanation: AccessExplanation,
) {
  const inWords = (permission: string) => permissionName(texts, document.domains, permission);
  const here = access.systems.get(system.id);
  const login = here?.mayEnter === true ? here.claims.preferred_username : undefined;
  return {
    system,
    open: system.open,
    login: typeof login === 'string' ? login : undefined,
    nativeRoles: explanation.nativeRoles,
    rights: explanation.permissions.map(({ permission, because }) => ({
      text: inWords(permission),
      roles: because.map(({ role }) => ({ id: role, title: roleTitle(texts, document, role) })),
    })),
    missing: explanation.missing.map(({ permission }) => inWords(permission)),
  };
}
