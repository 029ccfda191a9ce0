import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Source, sources } from '#storage/collections.ts';
import { everyRecord } from '../access/reading.ts';
import type { Services } from '../services.ts';

const lists = new WeakMap<Services, { counter: number; all: Promise<readonly Stored<Source>[]> }>();

/** Every source, by title; kept per process until one changes. */
export function listSources(services: Services): Promise<readonly Stored<Source>[]> {
  const counter = services.store.changes(sources);
  const cached = lists.get(services);
  if (cached?.counter === counter) return cached.all;
  const all = load(services);
  lists.set(services, { counter, all });
  all.catch(() => lists.delete(services));
  return all;
}

async function load(services: Services): Promise<readonly Stored<Source>[]> {
  const all: Stored<Source>[] = [];
  for await (const source of everyRecord(services.store.engine, sources)) all.push(source);
  return all.sort((a, b) => a.title.localeCompare(b.title) || a.id.localeCompare(b.id));
}

/** @throws HubError `not-found` */
export async function getSource(services: Services, id: string): Promise<Stored<Source>> {
  const source = await services.store.get(sources, id);
  if (source === undefined) throw new HubError('not-found', 'There is no such source');
  return source;
}

/** The enabled source that the people of an address's mail domain are led to, whether any of them exists or not. */
export async function sourceForAddress(services: Services, address: string): Promise<Stored<Source> | undefined> {
  const domain = address.trim().split('@').at(-1)?.toLowerCase();
  if (domain === undefined || !address.includes('@')) return undefined;
  return (await listSources(services)).find((source) => source.enabled && source.domains.includes(domain));
}
