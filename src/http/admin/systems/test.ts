import type { Request, Response } from 'express';
import { findByLogin } from '#actions/people/find.ts';
import { protocolOf } from '#actions/systems/guide.ts';
import { reachAddresses } from '#actions/systems/reach-addresses.ts';
import { arrivalOf } from '#actions/systems/test.ts';
import { context } from '#http/context.ts';
import type { HttpDeps } from '#http/deps.ts';
import { viewer } from '#http/middleware/signed-in.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import { text } from '../route.ts';
import { renderSystem, systemOf } from './frame.ts';
import { playSignIn } from './play/play.ts';

/** `/admin/systems/:id/test`: what the test does, and for whom. */
export async function testPage(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const system = await systemOf(deps, req);
  renderSystem(res, deps.services, system, { tab: 'test', view: 'test' }, { playable: playable(system) });
}

const playable = (system: Awaited<ReturnType<typeof systemOf>>): boolean =>
  protocolOf(system) === 'oidc' && system.enabled && system.redirectUris.length > 0;

/** Plays the sign-in, calls the system's addresses, and shows what the chosen person would arrive with. */
export async function testPost(req: Request, res: Response, deps: HttpDeps): Promise<void> {
  const { services } = deps;
  const system = await systemOf(deps, req);
  const login = text(req.body?.person);
  const person = await chosen(res, deps, login);
  const played = playable(system) ? await playSignIn(req, services, system) : undefined;
  // After the sign-in, which may have made the identifier.
  const [checks, arrival] = await Promise.all([
    reachAddresses(services, system),
    person === undefined ? undefined : arrivalOf(services, system, person),
  ]);
  for (const cookie of played?.cookies ?? []) res.append('Set-Cookie', cookie);
  const data = { playable: playable(system), played, checks, arrival: shown(arrival), login };
  const tested = { tab: 'test', view: 'test' };
  if (person === undefined) context(res).faults = { person: { key: 'connect.test.nobody' } };
  renderSystem(res, services, system, tested, data, person === undefined ? 422 : 200);
}

/** Whoever looks, or somebody whom they may see. */
async function chosen(res: Response, { services }: HttpDeps, login: string): Promise<Stored<Person> | undefined> {
  const looker = viewer(res);
  if (login === '') return looker.person;
  const person = await findByLogin(services, login);
  return person?.id === looker.person.id || looker.hub.has('hub:people-read') ? person : undefined;
}

function shown(arrival: Awaited<ReturnType<typeof arrivalOf>> | undefined) {
  if (arrival === undefined) return undefined;
  const claims = Object.entries(arrival.claims).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
  return { ...arrival, claims };
}
