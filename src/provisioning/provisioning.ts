import type { Services } from '#actions/services.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import type { Stored } from '#storage/collection.ts';
import { type LogoutDelivery, type MailDelivery, outbox } from '#storage/collections.ts';
import { keepLease } from '#storage/leases/lease.ts';
import { deliver } from './deliver.ts';
import { endExpiredSessions } from './expired-sessions.ts';
import { deliverMails, type Post } from './mail/deliver.ts';
import type { Compose } from './mail/letter.ts';
import { createPostman } from './mail/postman.ts';

export interface Provisioning {
  /** Stops taking up work and waits for what is under way. */
  close(): Promise<void>;
}

/** How often the change counter of the outbox is looked at, in ms; reading it costs nothing. */
const glance = 100;
/** How often the outbox and the sessions are looked through whether anything changed or not, in ms. */
const round = 15_000;
/** After a fault of the store the work rests this long, in ms, doubled each time up to the longest. */
const shortestRest = 250;
const longestRest = 4000;
/** How long a stop waits for deliveries under way; what is not recorded then is made again after the next start. */
const patience = 2500;
/** Systems served at the same time. */
const most = 16;
/** Under this name the mails stand among the systems that are served now. */
const mailLane = 'mail:';
/** Mails that go out together. */
const mailBatch = 20;

/**
 * Carries out what the outbox holds: soon after the commit that put it there, on whichever node, and again after a failure until
 * it is delivered or given up. One process of all does it at a time. One delivery at a time for each system, so that a slow one
 * holds up nobody else; mails go a few at a time.
 * @param compose how mails read
 */
export function startProvisioning(services: Services, compose: Compose): Provisioning {
  const post: Post = { compose, postman: createPostman(services) };
  const lease = keepLease(services.store.engine, 'outbox', { log: services.log });
  const busy = new Map<string, Promise<void>>();
  /** When what failed is to be tried again. */
  const retries = new Set<number>();
  let seen = -1;
  let wakeAt = 0;
  let sweptAt = 0;
  let closed = false;
  let rest = shortestRest;
  let restUntil = 0;
  let looking: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const now = services.clock.now();
    if (now - sweptAt >= round) {
      sweptAt = now;
      while (!closed && lease.held && (await endExpiredSessions(services)) > 0);
    }
    seen = services.store.changes(outbox);
    for (const at of retries) if (at <= now) retries.delete(at);
    wakeAt = Math.min(now + round, ...retries);
    const due = { status: 'waiting', nextAt: { below: now + 1 } };
    for (const { id } of (await systemDirectory(services)).all) {
      if (busy.has(id) || busy.size >= most) continue;
      const { items } = await services.store.find(outbox, {
        where: { ...due, kind: 'logout', system: id },
        limit: 1,
      });
      const next = items.find((one): one is Stored<LogoutDelivery> => one.kind === 'logout');
      if (next !== undefined && lease.held) take(next.system, deliver(services, next));
    }
    if (busy.has(mailLane)) return;
    const { items } = await services.store.find(outbox, { where: { ...due, kind: 'mail' }, limit: mailBatch });
    const mails = items.filter((one): one is Stored<MailDelivery> => one.kind === 'mail');
    if (mails.length > 0 && lease.held) take(mailLane, deliverMails(services, post, mails));
  };

  /** Without a store nothing can be recorded, and what is not recorded would be sent again and again. */
  const goToRest = (): void => {
    restUntil = performance.now() + rest;
    rest = Math.min(rest * 2, longestRest);
    seen = -1;
  };

  const take = (lane: string, under: Promise<number | undefined | number[]>): void => {
    const work = under
      .then(
        (again) => {
          rest = shortestRest;
          for (const at of [again ?? []].flat()) retries.add(at);
        },
        (error: unknown) => {
          goToRest();
          services.log.warn({ err: error, lane }, 'a delivery was not recorded');
        },
      )
      .finally(() => {
        busy.delete(lane);
        // Perhaps there is more.
        seen = -1;
      });
    busy.set(lane, work);
  };

  const timer = setInterval(() => {
    if (closed || looking !== undefined || performance.now() < restUntil) return;
    if (!lease.held) {
      // Whoever takes over knows nothing of what was under way: it looks through everything once.
      seen = -1;
      sweptAt = 0;
      return;
    }
    if (services.store.changes(outbox) === seen && services.clock.now() < wakeAt) return;
    looking = look()
      .catch((error: unknown) => {
        goToRest();
        services.log.warn({ err: error }, 'the outbox could not be read');
      })
      .finally(() => {
        looking = undefined;
      });
  }, glance);
  timer.unref();

  return {
    async close() {
      closed = true;
      clearInterval(timer);
      await looking;
      const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
      const cutOff = setTimeout(giveUp, patience);
      await Promise.race([Promise.all(busy.values()), late]);
      clearTimeout(cutOff);
      post.postman.close();
      await lease.release();
    },
  };
}
