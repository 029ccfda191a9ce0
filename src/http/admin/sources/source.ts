import type { Request, Response } from 'express';
import type { Services } from '#actions/services.ts';
import { getSource } from '#actions/sources/directory.ts';
import { sourceView } from '#actions/sources/record.ts';
import { lastIdentity, toldOf } from '#actions/sources/told.ts';
import { textFields } from '#domain/people/fields.ts';
import { mapped } from '#domain/sources/mapping.ts';
import { type DirectoryGroups, isOpenId, mappingAtFirst } from '#domain/sources/source.ts';
import { callbackOf } from '#federation/openid/begin.ts';
import { type SourceCheck, trySource } from '#federation/try.ts';
import type { HttpDeps } from '#http/deps.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import { render } from '#http/render/page.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type Source } from '#storage/collections.ts';
import { text } from '../route.ts';
import { readable } from './fields.ts';

/** `/admin/sources/:id`: what it is, and what it told at the last sign-in. */
export async function sourcePage(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  await showSource(res, services, await getSource(services, text(req.params.id)));
}

/** Tries it, and shows what came of that. */
export async function tryPost(req: Request, res: Response, { services }: HttpDeps): Promise<void> {
  const source = await getSource(services, text(req.params.id));
  await showSource(res, services, source, await trySource(services, source));
}

async function showSource(
  res: Response,
  services: Services,
  source: Stored<Source>,
  checks?: readonly SourceCheck[],
): Promise<void> {
  const { hub } = viewer(res);
  // Personal values of somebody: for who may see people, and needs them to get the mapping right.
  const maySee = hub.has('hub:sources-write') && hub.has('hub:people-read');
  render(res, 'admin/source', {
    active: 'sources',
    record: sourceView(source),
    facts: factsOf(services, source),
    checks,
    preview: maySee ? await previewOf(services, source) : undefined,
  });
}

/** What stands in the registration, as pairs of a label and a value. */
function factsOf(services: Services, source: Stored<Source>): [string, string][] {
  const common: [string, string | undefined][] = isOpenId(source)
    ? [
        ['issuer', source.issuer],
        ['clientId', source.clientId],
        ['redirect', callbackOf(services, source.id)],
        ['tenant', source.tenant],
        ['hostedDomain', source.hostedDomain],
        ['algs', source.algs.join(', ')],
      ]
    : [
        ['url', source.url],
        ['base', source.base],
        ['filter', source.filter],
        ['everybody', source.everybody],
        ['subject', source.subject],
        ['groups', groupsShown(source.groups)],
        ['bindDn', source.bindDn],
      ];
  return [...common, ['domains', source.domains.join(', ')] as [string, string]].filter(
    (fact): fact is [string, string] => fact[1] !== undefined && fact[1] !== '',
  );
}

/** How groups are found, in the words of the settings. */
function groupsShown(groups: DirectoryGroups): string {
  return Object.entries(groups)
    .map(([name, value]) => `${name} = ${value}`)
    .join('; ');
}

/** What the source told of whoever signed in last, and what the mapping makes of it. */
async function previewOf(services: Services, source: Stored<Source>) {
  const identity = await lastIdentity(services, source.id);
  const told = identity === undefined ? undefined : toldOf(services, identity);
  if (identity === undefined || told === undefined) return undefined;
  const person = await services.store.get(people, identity.person);
  const mapping = mappingAtFirst(source);
  const { attributes = {}, ...texts } = mapped(mapping, told.values, told.incomplete);
  const results: Record<string, unknown> = { ...attributes, ...texts };
  return {
    at: identity.usedAt,
    person: person === undefined ? undefined : { id: person.id, name: person.name },
    incomplete: told.incomplete,
    claims: Object.entries(told.values).map(([name, value]) => ({ name, value: readable(value) })),
    mapping: Object.entries(mapping).map(([name, upstream]) => ({
      name,
      known: (textFields as readonly string[]).includes(name),
      upstream,
      each: Object.hasOwn(source.attributes, name),
      value: typeof results[name] === 'string' || Array.isArray(results[name]) ? readable(results[name]) : undefined,
    })),
  };
}
