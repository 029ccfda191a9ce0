/**
 * How what the hub says of native roles meets what stands in the product (`src/domain/providers/reconcile.ts`):
 * `replace`: exactly these; `add-only`: these are added, nothing is taken; `one-profile-many-sets`: exactly one of the names
 * that are profiles, and exactly these of the others.
 */
export type ReconcileMode = 'replace' | 'add-only' | 'one-profile-many-sets';

/**
 * Texts with `{…}` in them, filled in for one system by `fillTemplate` (`src/domain/providers/guide.ts`):
 * `{base}` the product's own address without a slash at its end, `{id}` the system's id, `{clientId}`, `{clientSecret}` (shown once),
 * `{redirectUri}` the first registered one, `{scopes}`; of the hub `{issuer}`, `{discovery}`, `{authorize}`, `{token}`, `{userinfo}`, `{jwks}`,
 * `{endSession}`, `{samlMetadata}`, `{samlSso}`, `{samlSlo}`, `{scim}`. A name in `settings` of the system may be used too: `{settings.tenant}`.
 */
export type Template = string;

/** What a system of this product is registered with when it is connected; every value may be changed afterwards. */
export interface ClientTemplate {
  readonly auth: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
  readonly redirectUris: readonly Template[];
  readonly postLogoutRedirectUris?: readonly Template[];
  readonly backchannelLogoutUri?: Template;
  /** Where the launchpad leads. */
  readonly launchUri?: Template;
  readonly idTokenAlg?: 'RS256' | 'ES256';
  /** Set only by a module that names the exception `no-pkce`. */
  readonly pkce?: 'optional';
  /** Set only by a module that names the exception `response-type-token`. */
  readonly implicit?: true;
  readonly responseMode?: 'form_post';
  /** What the product asks for. */
  readonly scopes: readonly string[];
  readonly deviceFlow?: true;
}

/** The same for a product that speaks SAML 2.0; fields as under `saml` in the configuration. */
export interface SamlTemplate {
  readonly entityId: Template;
  readonly acs: readonly Template[];
  readonly slo?: { readonly url: Template; readonly binding: 'redirect' | 'post' };
  readonly nameId: 'persistent' | 'email' | 'username' | 'transient' | 'unspecified';
  readonly sign?: 'assertion' | 'response' | 'both';
  /** Attribute name there: claim here (`username`, `email`, `givenName`, `familyName`, `name`, `nativeRoles`, `roles`). */
  readonly attributes: Readonly<Record<string, string>>;
  readonly launchUri?: Template;
}

/** One place in the product where something is typed: the product's own words for the place and its fields, in its own English. */
export interface GuideStep {
  /** The way there through the product's menus, or the file that is edited. */
  readonly step: string;
  /** Field as the product labels it, and what to put there. */
  readonly fields: readonly (readonly [label: string, value: Template])[];
  /** Only for this protocol; both otherwise. */
  readonly protocol?: 'oidc' | 'saml';
}

/** How the product finds the account of somebody who signs in (products.md, section 2). */
export interface AccountMatching {
  /** The claim or SAML part that it looks up. */
  readonly by: string;
  /** The field of its own accounts that has to equal it. */
  readonly field: string;
  readonly nobody: 'refused' | 'created' | 'invited' | 'depends';
}

/** A product's oddity that somebody who connects it has to know. `code` names the translation; `text` is the English. */
export interface Quirk {
  readonly code: string;
  readonly text: string;
}

/** What a provider module tells about one product (a system). Data alone, so that it can be handed to a worker thread. */
export interface SystemModule {
  /** Name used in `provider:`; the file's name. */
  readonly id: string;
  readonly title: string;
  readonly sides: readonly ('crm' | 'erp' | 'other')[];
  /** `pairwise`: a sub of its own per system; `public`: the account's first value is shared. */
  readonly subject: 'pairwise' | 'public';
  /** Personal claims it may receive; the data-release page is made from this. */
  readonly claims: readonly (
    | 'name'
    | 'given_name'
    | 'family_name'
    | 'email'
    | 'preferred_username'
    | 'updated_at'
    | 'locale'
    | 'zoneinfo'
  )[];
  /** `all`: it reads the ID token alone, which then holds what userinfo holds; a system may say so too (`settings.idTokenClaims`). */
  readonly idTokenClaims?: 'all';
  /** It opens the sign-in in a window of its own and watches that: no Cross-Origin-Opener-Policy on those pages. */
  readonly popup?: true;
  /** permission -> native roles of the product, before the system's own mapping table (`settings.nativeRoles`). */
  readonly nativeRoles: Readonly<Record<string, readonly string[]>>;
  /**
   * Claim name and shape in which the product reads native roles: a flat list of names, or one text with `;` between them.
   * Undefined = it reads none at sign-in. `profile` names the claim for the one profile, where the product has profiles.
   */
  readonly nativeClaim?: {
    readonly name: string;
    readonly shape: 'list' | 'text';
    readonly profile?: string;
  };
  /** How native roles can be brought into the product; the first is usual, the system's `settings.reconcile` picks another. */
  readonly reconcile?: readonly [ReconcileMode, ...ReconcileMode[]];
  /** Exceptions from the hub's rules that this product needs; each shown as a warning in console and doctor. */
  readonly exceptions?: readonly { readonly rule: 'no-pkce' | 'response-type-token'; readonly because: string }[];
  /** How people sign in to it; the first is usual. Empty: not at all, roles are carried by a connector alone. */
  readonly protocols: readonly ('oidc' | 'saml')[];
  readonly client?: ClientTemplate;
  readonly saml?: SamlTemplate;
  readonly guide?: readonly GuideStep[];
  readonly matching: AccountMatching;
  /** How a sign-out reaches it: told at once, only by its own link to the hub, or not at all. */
  readonly signOut: 'back-channel' | 'saml-slo' | 'own-button' | 'none';
  /** The connector that can carry accounts and roles there, if there is one. */
  readonly connector?: 'scim' | 'odoo' | 'erpnext' | 'dolibarr' | 'espocrm' | 'suitecrm' | 'tryton';
  readonly quirks?: readonly Quirk[];
  /** How each fact is known: R run, S source, D documentation, I issue thread, G general knowledge. */
  readonly evidence: string;
}
