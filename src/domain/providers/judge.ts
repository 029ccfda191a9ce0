import type { Claims } from '../claims/claims.ts';
import type { SystemModule } from './system-module.ts';

/** What a product would make of one person's sign-in, point by point. `code` names the translation; `detail` is the English. */
export interface Verdict {
  readonly code: string;
  readonly state: 'ok' | 'warning' | 'fault';
  readonly values: Readonly<Record<string, string>>;
  readonly detail: string;
  readonly remedy?: string;
}

/** What the hub would say and send of one person. */
export interface Arrival {
  readonly name: string;
  readonly mayEnter: boolean;
  /** As the product's scopes allow, `sub` among them. */
  readonly claims: Claims;
  readonly nativeRoles: readonly string[];
}

/** What the product's own check would say (products.md, sections 2 and 3), from what its module tells of it. */
export function judge(
  module: SystemModule,
  system: { readonly title: string; readonly backchannelLogoutUri?: string | undefined },
  arrival: Arrival,
): Verdict[] {
  // By the name that people here give it; several may run the same product.
  const named = { ...module, title: system.title };
  return [entry(named, arrival), ...account(named, arrival), roles(named, arrival), signOut(named, system)];
}

function entry({ title }: SystemModule, { name, mayEnter }: Arrival): Verdict {
  const values = { name, product: title };
  if (mayEnter) return { code: 'mayEnter', state: 'ok', values, detail: `${name} may sign in to it` };
  return {
    code: 'mayNotEnter',
    state: 'fault',
    values,
    detail: `${name} may not sign in: no role gives a permission in this system`,
    remedy: 'Assign a role with a permission there, or open the system to everybody',
  };
}

/** Which account there it looks for, and whether the hub sends what it looks by. */
function account({ title: product, matching }: SystemModule, { claims }: Arrival): Verdict[] {
  if (matching === undefined) return [];
  const { by, field, nobody } = matching;
  const value = claims[by];
  const values = { product, by, field, value: typeof value === 'string' ? value : '' };
  if (!/^[a-z_]+$/.test(by)) {
    return [{ code: 'accountOther', state: 'ok', values, detail: `${product} finds the account by ${by} in ${field}` }];
  }
  if (typeof value !== 'string' || value === '') {
    const detail = `${product} finds accounts by ${by}, and the hub sends none for this person`;
    const remedy = `Give the person what ${by} is made of (email, username, or the login in this system)`;
    return [{ code: 'accountMissing', state: 'fault', values, detail, remedy }];
  }
  const found: Verdict = {
    code: `account.${nobody}`,
    state: 'ok',
    values,
    detail: `${product} looks for an account with ${field} = ${value}; without one the person is ${outcomes[nobody]}`,
  };
  if (by !== 'email' || claims.email_verified !== false) return [found];
  return [
    found,
    {
      code: 'emailUnverified',
      state: 'warning',
      values,
      detail: `${value} is not verified; a product that checks this refuses the person`,
      remedy: 'Let the person verify the address, or import it as verified',
    },
  ];
}

const outcomes = {
  refused: 'refused',
  created: 'given a new account',
  invited: 'asked for an invitation',
  depends: 'refused or created, as the product is set',
} as const;

function roles({ title: product, nativeClaim, connector }: SystemModule, { nativeRoles }: Arrival): Verdict {
  if (nativeClaim === undefined) {
    const values = { product, connector: connector ?? '' };
    const detail = `${product} takes no roles from a sign-in`;
    const remedy =
      connector === undefined
        ? 'Give roles there by hand'
        : 'Let the hub carry them: Accounts on the page of the system';
    return {
      code: connector === undefined ? 'rolesByHand' : 'rolesByConnector',
      state: 'warning',
      values,
      detail,
      remedy,
    };
  }
  const values = { product, claim: nativeClaim.name, roles: nativeRoles.join(', ') };
  if (nativeRoles.length === 0) {
    return {
      code: 'rolesNone',
      state: 'warning',
      values,
      detail: `The claim ${nativeClaim.name} is empty: no permission of this person is mapped to a role of ${product}`,
      remedy: 'Map permissions or roles under settings.nativeRoles of the system',
    };
  }
  return {
    code: 'roles',
    state: 'ok',
    values,
    detail: `${product} reads ${nativeClaim.name}: ${nativeRoles.join(', ')}`,
  };
}

function signOut(
  { title: product, signOut: reached }: SystemModule,
  system: { backchannelLogoutUri?: string | undefined },
): Verdict {
  const values = { product };
  if (system.backchannelLogoutUri !== undefined) {
    return { code: 'signOutBack', state: 'ok', values, detail: 'The hub notifies it of every sign-out' };
  }
  if (reached === 'own-button') {
    return { code: 'signOutButton', state: 'ok', values, detail: `Signing out in ${product} signs out of the hub` };
  }
  if (reached === 'saml-slo')
    return { code: 'signOutSaml', state: 'ok', values, detail: 'Single logout ends its session' };
  const detail = `${product} is not notified of a sign-out: its own session lasts until it ends by itself`;
  const remedy =
    reached === 'none'
      ? 'Set a short session in the product'
      : 'Enter its back-channel logout URI, or set a short session in the product';
  return { code: reached === 'none' ? 'signOutNone' : 'signOutMissing', state: 'warning', values, detail, remedy };
}
