import { randomUUID } from 'node:crypto';
import { DirectoryTrouble } from '#actions/directories/port.ts';
import { directorySettingsOf } from '#actions/directories/settings.ts';
import type { Services } from '#actions/services.ts';
import { isOpenId } from '#domain/sources/source.ts';
import type { Stored } from '#storage/collection.ts';
import type { Source } from '#storage/collections.ts';
import { callbackOf } from './openid/begin.ts';
import { discover, fetchFor, type OpenIdRecord, reasonOf, SourceFault } from './openid/provider.ts';

export interface SourceCheck {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Can a source be asked, as a sign-in would ask it? Nobody signs in by this. */
export async function trySource(services: Services, source: Stored<Source>): Promise<SourceCheck[]> {
  const enabled = { what: 'enabled', ok: source.enabled, detail: source.enabled ? 'yes' : 'no: nobody signs in by it' };
  return [enabled, ...(isOpenId(source) ? await tryOpenId(services, source) : [await tryDirectory(services, source)])];
}

async function tryOpenId(services: Services, source: OpenIdRecord): Promise<SourceCheck[]> {
  const back = { what: 'redirect', ok: true, detail: `register ${callbackOf(services, source.id)} there` };
  try {
    const { jwks_uri: keys = '', ...metadata } = (await discover(services, source)).serverMetadata();
    const algs = metadata.id_token_signing_alg_values_supported?.join(', ') ?? '';
    const ends = metadata.end_session_endpoint;
    return [
      { what: 'discovery', ok: true, detail: `${metadata.issuer} signs with ${algs}` },
      await readKeys(services, source, keys),
      ...(source.signOut
        ? [
            {
              what: 'sign-out',
              ok: ends !== undefined,
              detail: ends ?? 'it has no place to sign out (end_session_endpoint)',
            },
          ]
        : []),
      back,
    ];
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error;
    return [{ what: 'discovery', ok: false, detail: error.message }, back];
  }
}

async function readKeys(services: Services, source: OpenIdRecord, address: string): Promise<SourceCheck> {
  try {
    const answer = await fetchFor(services, source)(address, {
      method: 'GET',
      headers: { accept: 'application/json' },
    });
    const { keys } = (await answer.json()) as { keys?: unknown };
    const count = Array.isArray(keys) ? keys.length : 0;
    return {
      what: 'keys',
      ok: answer.status === 200 && count > 0,
      detail: `${address} answers ${answer.status} with ${count}`,
    };
  } catch (error) {
    return { what: 'keys', ok: false, detail: `${address} cannot be read: ${reasonOf(error)}` };
  }
}

async function tryDirectory(
  services: Services,
  source: Extract<Stored<Source>, { provider: 'ldap' | 'ad' }>,
): Promise<SourceCheck> {
  try {
    const settings = directorySettingsOf(services, source);
    const { found, more } = await services.directories.probe(settings);
    // As a sign-in asks; that nobody is found is the right answer.
    await services.directories.find(settings, `nobody-${randomUUID()}`);
    const told = `${source.url} answers; ${more ? `${found} people or more` : `${found} people`} below ${source.base}`;
    return found > 0
      ? { what: 'directory', ok: true, detail: told }
      : { what: 'directory', ok: false, detail: `${told}: look at base, at everybody and at what bindDn may read` };
  } catch (error) {
    if (!(error instanceof DirectoryTrouble)) throw error;
    return { what: 'directory', ok: false, detail: `${source.url}: ${error.message}` };
  }
}
