import { draft, type Origin } from '#domain/audit/event.ts';
import { folded } from '../audit/folded.ts';
import type { Services } from '../services.ts';
import type { Bucket } from './tries.ts';

export interface Locked {
  readonly bucket: Bucket;
  readonly subject?: { readonly id: string };
  /** Keyed hash of an identifier that belongs to nobody. */
  readonly identifierHash?: string;
  /** The door: where the password, or the second factor, was tried. */
  readonly door: 'sign-in' | 'change-password' | 'second-factor';
}

/** Records `signin.locked`: a try that was refused before it was looked at. A flood is one event a minute and counter. */
export async function recordLocked(services: Services, origin: Origin, about: Locked): Promise<void> {
  const { bucket, subject, identifierHash, door } = about;
  const event = await folded(services, `signin.locked ${bucket.id}`, (count) =>
    draft(origin, 'signin.locked', 'denied', {
      ...(subject === undefined ? {} : { subject }),
      detail: {
        cause: bucket.id.startsWith('network:') ? 'network' : 'account',
        door,
        count,
        ...(identifierHash === undefined ? {} : { identifierHash }),
      },
    }),
  );
  if (event !== undefined) await services.store.writeNow({ changes: [], events: [event] });
}
