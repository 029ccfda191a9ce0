import { breakGlassCodes, recoveryCodes, rememberedDevices } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import type { Services } from '../services.ts';

const batch = 500;

/**
 * After a restored backup: recovery codes, and codes of the sealed account, that were spent or renewed since, and browsers that were forgotten since, must not come
 * back to life, so none from before does (security.md, first paragraph). Whoever has a factor makes new codes; the operator prints a new envelope.
 */
export async function endStandIns({ store }: Pick<Services, 'store'>): Promise<void> {
  for (const collection of [recoveryCodes, breakGlassCodes, rememberedDevices] as const) {
    for (;;) {
      const { items } = await store.find<object>(collection, { limit: batch });
      if (items.length === 0) break;
      await store.write({ changes: items.map(({ id }): Change => ({ kind: 'remove', collection, id })) });
    }
  }
}
