/** Parts of the provider library without types of their own. Its documentation names the first for custom grants. */
declare module 'oidc-provider/lib/helpers/validate_dpop.js' {
  import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

  interface DpopProof {
    thumbprint: string;
    jti: string;
    iat: number;
  }
  export default function validateDpop(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    accessToken?: string,
  ): Promise<DpopProof | undefined>;
  export function checkDpopReplay(
    provider: Provider,
    ctx: KoaContextWithOIDC,
    proof: DpopProof | undefined,
    clientId: string,
  ): Promise<void>;
}

declare module 'oidc-provider/lib/helpers/weak_cache.js' {
  import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

  interface Internals {
    readonly responseModes: Map<string, unknown>;
    readonly configuration: { readonly responseTypes: string[] };
    readonly grantTypeHandlers: Map<string, (ctx: KoaContextWithOIDC) => Promise<void>>;
    /** What every kind of token, session and grant is built on. */
    readonly BaseModel: { readonly prototype: { emit(event: string): void } };
  }
  export default function internals(provider: Provider): Internals;
}
