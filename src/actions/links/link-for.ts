import { draft, type Origin } from '#domain/audit/event.ts';
import { randomToken, uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type Link, links, type Person, type System, systems } from '#storage/collections.ts';
import { type Commit, CommitConflict } from '#storage/port.ts';
import { named } from '../named.ts';
import type { Services } from '../services.ts';

/**
 * The link of a person to a system, made at the first entry: `sub` is fixed then, never changed, never reused
 * (contract.md, "Protocol rules"). Systems whose module says `public` share the account's first value.
 * Inside a unit it is staged with tag `link`; a race for the first entry shows as a conflict of that tag.
 */
export async function linkFor(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  system: Stored<System>,
): Promise<Stored<Link>> {
  const present = await findLink(services, person.id, system.id);
  if (present !== undefined) return present;
  const made = await makingOfLink(services, origin, person, system);
  await services.store.write(made.commit);
  return made.link;
}

/** The same, committed at once and settled by reading back when somebody was quicker: for requests that cannot run again. */
export async function linkAtOnce(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  system: Stored<System>,
): Promise<Stored<Link>> {
  const present = await findLink(services, person.id, system.id);
  if (present !== undefined) return present;
  const made = await makingOfLink(services, origin, person, system);
  try {
    await services.store.writeNow(made.commit);
    return made.link;
  } catch (error) {
    const quicker = error instanceof CommitConflict ? await findLink(services, person.id, system.id) : undefined;
    if (quicker === undefined) throw error;
    return quicker;
  }
}

const found = new WeakMap<Services, { counter: number; links: Map<string, Stored<Link>> }>();
const mostFound = 50_000;

/** The link of a person to a system, if there is one. Committed ones are kept until any link changes. */
export async function findLink(services: Services, person: string, system: string): Promise<Stored<Link> | undefined> {
  const { store } = services;
  const counter = store.changes(links);
  let cache = found.get(services);
  if (cache?.counter !== counter || cache.links.size >= mostFound) {
    cache = { counter, links: new Map() };
    found.set(services, cache);
  }
  const key = `${person} ${system}`;
  const known = cache.links.get(key);
  if (known !== undefined) return known;
  const query = { where: { person, system }, limit: 1 };
  const [committed] = (await store.engine.find(links, query)).items;
  if (committed !== undefined) {
    cache.links.set(key, committed);
    return committed;
  }
  // Perhaps this very request has just made it; that is nobody else's to see.
  return store.current() === undefined ? undefined : (await store.find(links, query)).items[0];
}

async function makingOfLink(
  services: Services,
  origin: Origin,
  person: Stored<Person>,
  system: Stored<System>,
): Promise<{ link: Stored<Link>; commit: Commit }> {
  const data: Link = {
    person: person.id,
    system: system.id,
    sub: await freshSub(services, person.id, system),
    createdAt: services.clock.now(),
  };
  const id = uuidv7(services.clock.now());
  const event = draft(origin, 'person.linked', 'success', {
    subject: { id: person.id },
    system: system.id,
    detail: { link: id },
    personal: { subject: named(person) },
  });
  return {
    link: { ...data, id, version: 1 },
    commit: { changes: [{ kind: 'insert', collection: links, id, data, tag: 'link' }], events: [event] },
  };
}

/**
 * A `sub` for a new link. @param making subs of links that the same commit makes, by system id; added to
 */
export async function freshSub(
  services: Services,
  person: string,
  system: Stored<System>,
  making: Map<string, string> = new Map(),
): Promise<string> {
  const sub = (await sharedSub(services, person, system, making)) ?? randomToken();
  making.set(system.id, sub);
  return sub;
}

async function sharedSub(
  services: Services,
  person: string,
  system: Stored<System>,
  making: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const isPublic = (provider: string) => services.modules.get(provider)?.subject === 'public';
  if (!isPublic(system.provider)) return undefined;
  const others = await services.store.find(links, { where: { person }, limit: 1000 });
  for (const [id, sub] of [...others.items.map((link) => [link.system, link.sub] as const), ...making]) {
    const other = await services.store.get(systems, id);
    if (other !== undefined && isPublic(other.provider)) return sub;
  }
  return undefined;
}
