import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { hashedId, randomToken } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type RememberedDevice, rememberedDevices } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { about } from '../people/about.ts';
import type { Services } from '../services.ts';

/** How long a browser is not asked for a code, in milliseconds. */
export const rememberedForMs = 30 * 24 * 60 * 60 * 1000;
/** People who may have one browser remembered at the same time. */
const mostTokens = 5;
/** Devices that one person may have remembered; the oldest goes first. */
const mostDevices = 20;

/** The tokens in the browser's cookie, `<token>.<token>…`, one for each person. */
function tokensOf(cookie: string | undefined): string[] {
  return (cookie ?? '')
    .slice(0, 300)
    .split('.')
    .filter((token) => /^[\w-]{43}$/.test(token)); // prettier-ignore
}

/** Did this person ask for no code on this browser, less than thirty days ago? */
export async function isRemembered(
  services: Pick<Services, 'store' | 'clock'>,
  cookie: string | undefined,
  person: string,
): Promise<boolean> {
  const now = services.clock.now();
  for (const token of tokensOf(cookie)) {
    const device = await services.store.get(rememberedDevices, hashedId(token));
    if (device?.person === person && (device.expiresAt ?? 0) > now) return true;
  }
  return false;
}

/** Remembers the browser for this person, in the commit of the sign-in. @returns the cookie's new value */
export async function rememberBrowser(
  services: Services,
  origin: Origin,
  cookie: string | undefined,
  person: string,
): Promise<{ readonly cookie: string; readonly changes: readonly Change[] }> {
  const now = services.clock.now();
  const token = randomToken();
  const data: RememberedDevice = {
    person,
    createdAt: now,
    ...(origin.agent === undefined ? {} : { agent: origin.agent }),
  };
  const known = await devicesOf(services, person);
  const tooMany = known.slice(mostDevices - 1);
  return {
    cookie: [token, ...tokensOf(cookie)].slice(0, mostTokens).join('.'),
    changes: [
      {
        kind: 'insert',
        collection: rememberedDevices,
        id: hashedId(token),
        data,
        expiresAt: now + rememberedForMs,
      },
      ...tooMany.map(removal),
    ],
  };
}

async function devicesOf({ store }: Pick<Services, 'store'>, person: string) {
  const { items } = await store.find(rememberedDevices, { where: { person }, limit: 1000 });
  return items.toSorted((a, b) => b.createdAt - a.createdAt);
}

/** The browsers that are remembered now, newest first. */
export async function rememberedOf(
  services: Pick<Services, 'store' | 'clock'>,
  person: string,
): Promise<readonly Stored<RememberedDevice>[]> {
  const now = services.clock.now();
  return (await devicesOf(services, person)).filter(({ expiresAt }) => (expiresAt ?? 0) > now);
}

function removal({ id }: { readonly id: string }): Change {
  return { kind: 'remove', collection: rememberedDevices, id };
}

/** What forgets every browser of a person: with a new password, a disabled account, factors taken away. */
export async function forgetBrowsers(services: Pick<Services, 'store'>, person: string): Promise<Change[]> {
  return (await devicesOf(services, person)).map(removal);
}

/** A person takes one browser, or all of them, off the list. @throws HubError `not-found` */
export async function forgetBrowser(
  services: Services,
  origin: Origin,
  personId: string,
  device: string | 'all',
): Promise<void> {
  const found = (await devicesOf(services, personId)).filter(({ id }) => device === 'all' || id === device);
  const person = await services.store.get(people, personId);
  if (person === undefined || (found.length === 0 && device !== 'all'))
    throw new HubError('not-found', 'There is no such device');
  if (found.length === 0) return;
  const who = await about(services, origin, person);
  const detail = { kind: 'remembered-device', count: found.length };
  await services.store.write({
    changes: found.map(removal),
    events: [draft(origin, 'credential.removed', 'success', { ...who, detail })],
  });
}
