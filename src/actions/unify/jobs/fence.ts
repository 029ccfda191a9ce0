import type { Stored } from '#storage/collection.ts';
import { type UnifyJob, unifyJobs } from '#storage/collections.ts';
import { type Change, type Commit, CommitConflict } from '#storage/port.ts';
import type { Services } from '../../services.ts';

const tag = 'unify-job';

/** Another process has taken the job up, or it was forgotten: whoever gets this leaves it alone. */
export class LostJob extends Error {
  constructor(cause: unknown) {
    super('the job is somebody else’s now', { cause });
    this.name = 'LostJob';
  }
}

/** How far a job is. */
export type Progress = Partial<Pick<UnifyJob, 'state' | 'done' | 'blocked' | 'total' | 'tries' | 'failure'>>;

/** A job as its holder writes under it: every commit says how far it is, and happens only while the job is still this holder's. */
export interface Fence {
  readonly id: string;
  /** @throws LostJob, CommitConflict of the commit's own conditions */
  write(commit: Commit, progress: Progress): Promise<void>;
}

/** @param job as it was taken up */
export function fenceOf({ store, clock }: Services, { id, run }: Stored<UnifyJob>): Fence {
  return {
    id,
    async write({ changes, events = [] }, progress) {
      const set = { tries: 0, ...progress, changedAt: clock.now() };
      const own: Change = { kind: 'update', collection: unifyJobs, id, where: { state: 'running', run }, set, tag };
      try {
        await store.writeNow({ changes: [own, ...changes], events });
      } catch (fault) {
        if (fault instanceof CommitConflict && fault.change.tag === tag) throw new LostJob(fault);
        throw fault;
      }
    },
  };
}
