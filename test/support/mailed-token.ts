import assert from 'node:assert/strict';
import type { Services } from '#actions/services.ts';
import { outbox } from '#storage/collections.ts';

/** The token of the newest link for a password among the waiting mails of a person. */
export async function mailedToken(services: Services, person: string): Promise<string> {
  const { items } = await services.store.find(outbox, { where: { person }, limit: 100 });
  const sealed = items.flatMap((one) => (one.kind === 'mail' && one.sealed !== undefined ? [one.sealed] : [])).at(-1);
  const contents = services.seal.open('mail', sealed ?? '');
  return /\/sign-in\/reset\/([\w-]+)/.exec(contents)?.[1] ?? assert.fail('no link was mailed');
}
