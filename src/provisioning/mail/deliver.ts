import type { MailContents } from '#actions/mail/queue.ts';
import type { Services } from '#actions/services.ts';
import { isActive } from '#domain/people/active.ts';
import type { Stored } from '#storage/collection.ts';
import { type MailDelivery, outbox, people } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { keptFor, pauseAfter } from '../retry.ts';
import type { Compose } from './letter.ts';
import { type Postman, Undeliverable } from './postman.ts';

/** What brings mails to people. */
export interface Post {
  readonly compose: Compose;
  readonly postman: Postman;
}

/**
 * One try for each of these mails; what came of them is kept in one commit. Only the holder of the outbox's lease tries, and a
 * mail that went out while the lease changed hands may arrive twice, which is better than not at all.
 * @returns when to try again, in ms, those that are to be tried again
 */
export async function deliverMails(
  services: Services,
  post: Post,
  mails: readonly Stored<MailDelivery>[],
): Promise<number[]> {
  const outcomes = await Promise.all(mails.map((mail) => tried(services, post, mail)));
  const changes = outcomes.map(({ change }) => change);
  try {
    await services.store.write({ changes });
  } catch (fault) {
    if (!(fault instanceof CommitConflict)) throw fault;
    // One of them is settled or gone already; the others are kept one by one.
    for (const change of changes) await keep(services, change);
  }
  return outcomes.flatMap(({ again }) => (again === undefined ? [] : [again]));
}

async function keep({ store }: Services, change: Change): Promise<void> {
  try {
    await store.write({ changes: [change] });
  } catch (fault) {
    if (!(fault instanceof CommitConflict)) throw fault;
  }
}

async function tried(services: Services, post: Post, mail: Stored<MailDelivery>) {
  const { id, attempts, giveUpAt } = mail;
  const fault = await attempt(services, post, mail);
  const now = services.clock.now();
  const again = now + pauseAfter(services, attempts);
  const where = { status: 'waiting', attempts };
  if (fault !== undefined && !fault.final && again <= giveUpAt) {
    const set = { attempts: attempts + 1, nextAt: again, lastError: fault.error };
    const change: Change = { kind: 'update', collection: outbox, id, where, set };
    return { change, again };
  }
  if (fault !== undefined) services.log.warn({ delivery: id, err: fault.error }, 'a mail was given up');
  const status = fault === undefined ? 'delivered' : 'failed';
  const set = { attempts: attempts + 1, status, ...(fault === undefined ? {} : { lastError: fault.error }) };
  // Nobody needs what it said any more, and it may hold a link.
  const change: Change = {
    kind: 'update',
    collection: outbox,
    id,
    where,
    set,
    unset: ['sealed'],
    expiresAt: now + keptFor,
  };
  return { change };
}

interface Fault {
  readonly error: string;
  /** No further try makes sense. */
  readonly final: boolean;
}

/** @returns what went wrong, or undefined when the mail is on its way. */
async function attempt(
  services: Services,
  { compose, postman }: Post,
  mail: Stored<MailDelivery>,
): Promise<Fault | undefined> {
  if (services.clock.now() > mail.giveUpAt) return { error: 'it came too late to be of use', final: true };
  const person = mail.person === undefined ? undefined : await services.store.get(people, mail.person);
  if (!isActive(person, services.clock.now())) return { error: 'the account is not active any more', final: true };
  if (mail.sealed === undefined) return { error: 'its contents are gone', final: true };
  const contents = JSON.parse(services.seal.open('mail', mail.sealed)) as MailContents;
  try {
    await postman.send({ to: contents.to, ...compose(mail.template, mail.locale, contents) });
    return undefined;
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : 'failed';
    // Servers repeat the address, which is nobody's business but the person's.
    const error = message.replaceAll(contents.to, '…').slice(0, 200);
    return { error, final: thrown instanceof Undeliverable };
  }
}
