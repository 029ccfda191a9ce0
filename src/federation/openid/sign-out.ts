import { buildEndSessionUrl } from 'openid-client';
import type { Services } from '#actions/services.ts';
import { isOpenId } from '#domain/sources/source.ts';
import { sources } from '#storage/collections.ts';
import { providerOf, SourceFault } from './provider.ts';

const purpose = 'source-hint';
/** A longer ID token is not worth keeping: the source then asks the person. */
const longest = 6_000;

/** The ID token by which a source knows later whom it is to sign out, as it is kept with the session. */
export function sealHint({ seal }: Pick<Services, 'seal'>, idToken: string | undefined): string | undefined {
  return idToken === undefined || idToken.length > longest ? undefined : seal.seal(purpose, idToken);
}

/**
 * Where the browser signs out upstream after it has signed out here (OpenID Connect RP-Initiated Logout 1.0, 2); undefined where
 * the source has no such place, is not to be told, or cannot be asked now.
 * @param back an address of the hub, to be registered there
 */
export async function signOutThere(
  services: Services,
  session: { readonly source?: string | undefined; readonly sourceHint?: string | undefined },
  back: { readonly address: string; readonly state?: string | undefined },
): Promise<string | undefined> {
  const source = session.source === undefined ? undefined : await services.store.get(sources, session.source);
  if (!source?.enabled || !isOpenId(source) || !source.signOut) return undefined;
  try {
    const provider = await providerOf(services, source);
    if (provider.serverMetadata().end_session_endpoint === undefined) return undefined;
    const hint = session.sourceHint === undefined ? undefined : services.seal.open(purpose, session.sourceHint);
    return buildEndSessionUrl(provider, {
      post_logout_redirect_uri: back.address,
      ...(hint === undefined ? {} : { id_token_hint: hint }),
      ...(back.state === undefined ? {} : { state: back.state }),
    }).href;
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error;
    services.log.warn({ source: source.id, err: error }, 'a source cannot be told of a sign-out');
    return undefined;
  }
}
