import type { Stored } from '#storage/collection.ts';
import { outbox, provisionedAccounts, type System } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { deliveryId } from './queue.ts';
import { targetOf } from './target.ts';
import { accountId } from './wanted.ts';

/**
 * What became of somebody's account in a product: `disabled` as read there, `waiting` for the connector, still `active`, `none` that the hub
 * knows of; `by-hand` where no connector may close it.
 */
export interface AccountLeft {
  readonly state: 'disabled' | 'waiting' | 'active' | 'none' | 'by-hand';
  /** When it was read there, in ms. */
  readonly at?: number;
  readonly error?: string;
}

/** For the proof that somebody is out: nothing is changed, and the product is not asked. */
export async function accountLeft(services: Services, system: Stored<System>, person: string): Promise<AccountLeft> {
  const target = targetOf(services, system);
  if (target?.settings.mode !== 'on') return { state: 'by-hand' };
  const { engine } = services.store;
  const [record, delivery] = await Promise.all([
    engine.get(provisionedAccounts, accountId(system.id, person)),
    engine.get(outbox, deliveryId(system.id, person)),
  ]);
  const read = record?.readAt === undefined ? {} : { at: record.readAt };
  if (delivery?.status === 'waiting' || delivery?.status === 'failed') {
    const error = delivery.lastError === undefined ? {} : { error: delivery.lastError };
    return { state: delivery.status === 'waiting' ? 'waiting' : 'active', ...read, ...error };
  }
  if (record?.found === undefined) return { state: 'none', ...read };
  return { state: record.found.active ? 'active' : 'disabled', ...read };
}
