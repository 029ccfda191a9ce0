import { isUnavailable } from '#storage/port.ts';
import type { Services } from '../../services.ts';
import { endOnce } from '../sign-out.ts';
import type { SpooledSignOut } from './spool.ts';

/** How often waiting sign-outs are tried, in ms; while the store is silent a try costs nothing. */
const everyMs = 300;
/** One that fails for another reason than the store is tried this much later. */
const pauseMs = 30_000;

/**
 * Brings spooled sign-outs into the store. Each is one commit that holds for the session as it stands, so a crash between
 * the commit and the end of its file, or a second process with the same folder, records nothing twice.
 *
 * @returns how many still wait
 */
export async function replaySignOuts(services: Services): Promise<number> {
  for (const entry of services.signOuts.entries()) {
    if (services.store.engine.silent) break;
    try {
      await replay(services, entry);
    } catch (error) {
      if (isUnavailable(error)) break;
      throw error;
    }
  }
  return services.signOuts.size;
}

async function replay(services: Services, entry: SpooledSignOut): Promise<void> {
  const { session, request, ip, agent, at } = entry;
  const origin = {
    actor: { kind: 'hub' } as const,
    ...(request === undefined ? {} : { request }),
    ...(ip === undefined ? {} : { ip }),
    ...(agent === undefined ? {} : { agent }),
  };
  const detail = { spooled: true, askedAt: new Date(at).toISOString() };
  await endOnce(services, origin, () => services.signOuts.stored(entry), detail);
  services.signOuts.done(session);
}

/** Tries until nothing waits any more, for as long as the hub serves. */
export function startReplay(services: Services): { close(): Promise<void> } {
  let running: Promise<void> | undefined;
  let notBefore = 0;
  const tick = (): void => {
    if (running !== undefined || services.signOuts.size === 0 || performance.now() < notBefore) return;
    running = replaySignOuts(services)
      .then((left) => {
        if (left === 0) services.log.info('every spooled sign-out is on record');
      })
      .catch((error: unknown) => {
        notBefore = performance.now() + pauseMs;
        services.log.error({ err: error }, 'a spooled sign-out cannot be recorded; it will be tried again');
      })
      .finally(() => {
        running = undefined;
      });
  };
  tick();
  const timer = setInterval(tick, everyMs).unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}
