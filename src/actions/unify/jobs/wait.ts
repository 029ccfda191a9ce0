import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import type { UnifyJob } from '#storage/collections.ts';
import type { Services } from '../../services.ts';
import { isUnderWay, jobOn } from './ask.ts';
import { scheduleUnifications } from './schedule.ts';

const lookMs = 100;

/**
 * Waits for the job of a unification, for those who have nothing else to do. Where this process may be the only one on the
 * store, it works on it as well; over a hub's socket the hub does.
 * @throws HubError when the job failed, or somebody forgot the unification meanwhile
 */
export async function jobDone(
  services: Services,
  unification: string,
  onProgress: (job: UnifyJob) => void = () => {},
): Promise<Stored<UnifyJob>> {
  const { engine } = services.store;
  const own = engine.exclusive === true || engine.name === 'mongodb' ? scheduleUnifications(services) : undefined;
  try {
    for (;;) {
      const job = await jobOn(services, unification);
      if (job === undefined) throw new HubError('not-found', 'The unification was forgotten meanwhile');
      if (job.failure !== undefined && job.state === 'failed')
        throw new HubError(job.failure.code === 'faults' ? 'invalid' : 'conflict', job.failure.message, {
          faults: job.failure.faults,
        });
      if (!isUnderWay(job)) return job;
      onProgress(job);
      await new Promise((resolve) => setTimeout(resolve, lookMs));
    }
  } finally {
    await own?.stop();
  }
}
