import { guardedFetch } from '#platform/outbound.ts';
import type { Services } from '../services.ts';
import type { Taken } from './take.ts';

/** A company's archive lies in its own network; the address comes from the operator's file, not from a form. */
const ownNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/**
 * Posts a checkpoint to `checkpoints.webhook`, as a JWS. One that cannot be delivered is logged and not tried again: the next
 * covers it, and it lies in the folder.
 */
export async function sendCheckpointOn({ settings, log }: Services, taken: Taken): Promise<void> {
  const { webhook } = settings.checkpoints;
  if (webhook === undefined) return;
  try {
    const { status } = await guardedFetch(webhook, {
      allow: ownNetworks,
      allowLoopback: !settings.production,
      timeoutMs: 5000,
      maxBytes: 10_000,
      method: 'POST',
      headers: { 'content-type': 'application/jose' },
      body: taken.jws,
    });
    if (status >= 300) log.warn({ status }, 'the checkpoint was not taken by its webhook');
  } catch (error) {
    log.warn({ err: error }, 'the checkpoint could not be sent to its webhook');
  }
}
