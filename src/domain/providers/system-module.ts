/** What a provider module tells about one product (a system). Data and pure functions; no I/O. */
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
  /** Claim name and shape in which the product reads native roles; undefined = it reads none at sign-in. */
  readonly nativeClaim?: {
    readonly name: string;
    readonly shape: (nativeRoles: readonly string[]) => unknown;
  };
  /** Exceptions from the hub's rules that this product needs; each shown as a warning in console and doctor. */
  readonly exceptions?: readonly { readonly rule: 'no-pkce' | 'response-type-token'; readonly because: string }[];
  /** How each fact is known: R run, S source, D documentation, I issue thread, G general knowledge. */
  readonly evidence: string;
}
