import { fold } from '#domain/people/folding.ts';
import { networkOf } from '#domain/throttle/network.ts';
import type { Services } from '../services.ts';
import { knownDeviceOf } from './device.ts';
import type { Bucket } from './tries.ts';

/** A keyed hash of something that must not stand in the store or the record as it is. */
export function keyedHash({ seal }: Pick<Services, 'seal'>, purpose: string, value: string): string {
  return seal.mac(purpose, value).slice(0, 22);
}

/**
 * What a try is counted under. One counter per account whatever the spelling, and one per network. A device on which this
 * person signed in before has a counter of its own instead, so that others cannot lock the owner out.
 */
export function bucketsOf(
  services: Pick<Services, 'seal' | 'settings'>,
  door: { readonly identifier: string; readonly person?: string | undefined; readonly ip?: string | undefined },
  device: string | undefined,
): Bucket[] {
  const { perAccount } = services.settings.limits.signin;
  const bucket = (kind: string, value: string, limit: Bucket['limit']) => bucketFor(services, kind, value, limit);
  const known = door.person === undefined ? undefined : knownDeviceOf(services, device, door.person);
  if (known !== undefined) return [bucket('device', `${known}:${door.person}`, perAccount)];
  const account = door.person === undefined ? `login:${fold(door.identifier.slice(0, 1000))}` : `person:${door.person}`;
  return [bucket('account', account, perAccount), networkBucket(services, door.ip)];
}

/** The counter of a network alone, for proofs that nobody can guess. */
export function networkBucket(services: Pick<Services, 'seal' | 'settings'>, ip: string | undefined): Bucket {
  return bucketFor(services, 'network', networkOf(ip), services.settings.limits.signin.perNetwork);
}

/**
 * What a typed code is counted under that belongs to nobody in particular: the network, and the browser by its form cookie. Apart from
 * sign-in, so that neither takes tries from the other.
 * @param kind what the code is for
 */
export function codeBuckets(
  services: Pick<Services, 'seal' | 'settings'>,
  kind: 'device' | 'glass',
  door: { readonly ip?: string | undefined; readonly browser: string },
): Bucket[] {
  const { perAccount, perNetwork } = services.settings.limits.signin;
  return [
    bucketFor(services, 'browser', `${kind}:${door.browser}`, perAccount),
    bucketFor(services, `${kind}-network`, networkOf(door.ip), perNetwork),
  ];
}

/** How many refusals of sources that concern nobody here a network has recorded one by one. */
export function refusalBucket(services: Pick<Services, 'seal' | 'settings'>, ip: string | undefined): Bucket {
  return bucketFor(services, 'source-network', networkOf(ip), services.settings.limits.signin.perNetwork);
}

/** @param kind what is counted: an `account`, a `network`, a `device` */
export function bucketFor(
  services: Pick<Services, 'seal'>,
  kind: string,
  value: string,
  limit: Bucket['limit'],
): Bucket {
  return { id: `${kind}:${keyedHash(services, 'throttle', `${kind}:${value}`)}`, limit };
}
