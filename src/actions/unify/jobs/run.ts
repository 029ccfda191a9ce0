import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type UnificationRecord, type UnifyJob, unifications, unifyJobs } from '#storage/collections.ts';
import { type Change, isUnavailable } from '#storage/port.ts';
import { rightsOf } from '../../people/rights.ts';
import type { Services } from '../../services.ts';
import { runAccepting } from '../accept-sure.ts';
import { findingsOf } from '../findings.ts';
import { runMatch } from '../match.ts';
import { type Fence, fenceOf, LostJob } from './fence.ts';

/** A job that so often brought its process down, or met the same fault, is not tried again. */
const mostTries = 3;

/**
 * Takes a job up and does it to its end.
 * @param signal ends it early, to be taken up again where it stopped
 * @throws StoreUnavailable and what nobody foresaw; the job stays, to be taken up again
 */
export async function runJob(services: Services, found: Stored<UnifyJob>, signal: AbortSignal): Promise<void> {
  const { store, log } = services;
  const { id } = found;
  const job = { ...found, run: found.run + 1 };
  const taken = { run: job.run, tries: found.tries + 1, state: 'running' };
  // Nobody else takes up jobs while this process may; if somebody did all the same, one of the two loses here.
  await store.writeNow({
    changes: [{ kind: 'update', collection: unifyJobs, id, where: { run: found.run, state: found.state }, set: taken }],
  });
  const fence = fenceOf(services, job);
  const { actor, session, request } = job;
  const { kind, id: who } = actor;
  const origin: Origin = {
    actor: { kind, ...(who === undefined ? {} : { id: who }) },
    ...(session ? { session } : {}),
    ...(request ? { request } : {}),
  };
  try {
    if (found.tries >= mostTries) return await failed(services, fence, 'stopped', stoppedText);
    if (!(await rightsOf(services, origin)).has('hub:people-write'))
      return await failed(
        services,
        fence,
        'rights',
        'Whoever asked for this may not change people any more; ask again',
      );
    if (job.kind === 'match') await runMatch(services, origin, fence, signal);
    else await runAccepting(services, origin, job, fence, signal);
    // Whoever waited looks at the report next.
    await findingsOf(services, id);
  } catch (fault) {
    if (fault instanceof LostJob) return;
    // Cut off on purpose: not a try that failed.
    if (signal.aborted) return await fence.write({ changes: [] }, { state: 'waiting', tries: 0 });
    if (isUnavailable(fault)) throw fault;
    if (isMemory(fault)) return await failed(services, fence, 'memory', memoryText);
    if (!(fault instanceof HubError)) throw fault;
    log.info({ err: fault, unification: id }, 'a unification could not be worked on');
    await failed(services, fence, fault.code === 'invalid' ? 'faults' : 'refused', fault.message, fault.faults);
  }
}

const stoppedText =
  'The hub could not finish this in three tries, perhaps for want of memory; its log says why. Put that right, and start it again';
const memoryText =
  'The files take more memory than the hub has; give it more, or take smaller files, and start it again';

function isMemory(fault: unknown): boolean {
  return fault instanceof Error && 'code' in fault && fault.code === 'ERR_WORKER_OUT_OF_MEMORY';
}

async function failed(
  services: Services,
  fence: Fence,
  code: string,
  message: string,
  faults: HubError['faults'] = [],
): Promise<void> {
  const failure = { code, message, faults: faults.slice(0, 100).map((one) => ({ ...one })) };
  const record = await services.store.get(unifications, fence.id);
  await fence.write({ changes: backToMapping(services, record) }, { state: 'failed', failure });
}

/** Files that could not be matched are there to be mapped again. */
function backToMapping({ clock }: Services, record: Stored<UnificationRecord> | undefined): Change[] {
  if (record?.state !== 'matching') return [];
  const { id, version, ...data } = record;
  const now: UnificationRecord = { ...data, state: 'mapping', changedAt: clock.now() };
  return [{ kind: 'replace', collection: unifications, id, ifVersion: version, data: now }];
}
