import { timingSafeEqual } from 'node:crypto';
import type { Origin } from '#domain/audit/event.ts';
import { randomToken } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import type { Person } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { newDeviceNotice } from '../mail/notices.ts';
import type { Services } from '../services.ts';

/**
 * The cookie value by which a browser shows that a person signed in on it before: `<device>.<mark>.<mark>…`, each mark an HMAC over
 * device and person. It opens nothing; it only spares its owner the counter that strangers can fill.
 */
const mostPeople = 5;

function mark({ seal }: Pick<Services, 'seal'>, device: string, person: string): string {
  return seal.mac('known-device', `${device}:${person}`).slice(0, 22);
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** The device's id, when this cookie value shows that the person signed in there before. */
export function knownDeviceOf(
  services: Pick<Services, 'seal'>,
  cookie: string | undefined,
  person: string,
): string | undefined {
  const [device, ...marks] = (cookie ?? '').slice(0, 300).split('.');
  if (device === undefined || device === '') return undefined;
  const right = mark(services, device, person);
  return marks.some((candidate) => same(candidate, right)) ? device : undefined;
}

/**
 * The value to set after a sign-in has succeeded: the browser's own, with this person in front; at most five people.
 * @param cookie what the browser sent, if anything; a value of unknown making starts a new device
 */
export function rememberDevice(services: Pick<Services, 'seal'>, cookie: string | undefined, person: string): string {
  const [device = '', ...marks] = (cookie ?? '').split('.');
  const ours = /^[\w-]{43}$/.test(device) && marks.every((one) => /^[\w-]{22}$/.test(one));
  const id = ours ? device : randomToken();
  const right = mark(services, id, person);
  const others = ours ? marks.filter((one) => one !== right) : [];
  return [id, right, ...others].slice(0, mostPeople + 1).join('.');
}

/** What tells a person of a sign-in on a browser that does not know them, for the commit of that sign-in. */
export function noticeOfNewDevice(
  services: Pick<Services, 'seal' | 'clock'>,
  origin: Origin,
  person: Stored<Person>,
  cookie: string | undefined,
): Change[] {
  return knownDeviceOf(services, cookie, person.id) === undefined ? newDeviceNotice(services, origin, person) : [];
}
