/**
 * How what the hub says of native roles meets what stands in the product (`src/domain/providers/reconcile.ts`):
 * `replace`: exactly these; `add-only`: these are added, nothing is taken; `one-profile-many-sets`: exactly one of the names
 * that are profiles, and exactly these of the others.
 */
export type ReconcileMode = 'replace' | 'add-only' | 'one-profile-many-sets';

/** What a provider module tells about one product (a system). Data alone, so that it can be handed to a worker thread. */
export interface SystemModule {
  /** Name used in `provider:`; the file's name. */
  readonly id: string;
  readonly title: string;
  readonly sides: readonly ('crm' | 'erp' | 'other')[];
  /** `pairwise`: a sub of its own per system; `public`: the account's first value is shared. */
  readonly subject: 'pairwise' | 'public';
  /** Personal claims it may receive; the data-release page is made from this. */
  readonly claims: readonly ('name' | 'given_name' | 'family_name' | 'email' | 'preferred_username')[];
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
  /** How each fact is known: R run, S source, D documentation, I issue thread, G general knowledge. */
  readonly evidence: string;
}
