import { draft, type Origin } from '#domain/audit/event.ts';
import { people } from '#storage/collections.ts';
import { folded } from '../audit/folded.ts';
import { lockedNotice } from '../mail/notices.ts';
import type { Services } from '../services.ts';
import type { Bucket } from './tries.ts';

export interface Locked {
  readonly bucket: Bucket;
  readonly subject?: { readonly id: string };
  /** Keyed hash of an identifier that belongs to nobody. */
  readonly identifierHash?: string;
  /** The door: where the password, or the second factor, was tried. */
  readonly door: 'sign-in' | 'change-password' | 'second-factor' | 'device' | 'break-glass';
}

const isNetwork = (bucket: Bucket) => /^(\w+-)?network:/.test(bucket.id);

/** Records `signin.locked`: a try that was refused before it was looked at. A flood is one event a minute and counter; its owner is told of a guessed account. */
export async function recordLocked(services: Services, origin: Origin, about: Locked): Promise<void> {
  const { bucket, subject, identifierHash, door } = about;
  const event = await folded(services, `signin.locked ${bucket.id}`, (count) =>
    draft(origin, 'signin.locked', 'denied', {
      ...(subject === undefined ? {} : { subject }),
      detail: {
        cause: isNetwork(bucket) ? 'network' : bucket.id.startsWith('browser') ? 'browser' : 'account',
        door,
        count,
        ...(identifierHash === undefined ? {} : { identifierHash }),
      },
    }),
  );
  if (event === undefined) return;
  const person = subject && (await services.store.get(people, subject.id));
  const changes = isNetwork(bucket) ? [] : await lockedNotice(services, origin, bucket.id, person);
  await services.store.writeNow({ changes, events: [event] });
}
