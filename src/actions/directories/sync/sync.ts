import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people, type Source } from '#storage/collections.ts';
import { CommitConflict } from '#storage/port.ts';
import { changePerson, disablePerson } from '../../people/change.ts';
import type { Services } from '../../services.ts';
import { getSource } from '../../sources/directory.ts';
import { meetIdentity, updateFrom } from '../../sources/meet.ts';
import { isDirectory } from '../choose.ts';
import type { DirectorySource } from '../settings.ts';
import { planSync, type SyncPlan } from './plan.ts';

/** Above this share of the linked people being gone it takes a word more: it may be half a directory, or a wrong base. */
export const goneShare = 0.1;

export interface SyncOptions {
  /** Those who are gone are disabled. */
  readonly disableGone?: boolean | undefined;
  /** Also when they are more than the share. */
  readonly confirmGone?: boolean | undefined;
  /** The share, from 0 to 1. */
  readonly share?: number | undefined;
  /** The digest of a plan: do what it told, or nothing. */
  readonly previewed?: string | undefined;
  readonly atMost?: number | undefined;
}

export interface SyncReport {
  readonly seen: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly disabled: number;
  /** Gone, and still here. */
  readonly kept: number;
  /** Who could not be taken as planned, and why: an error code, or what `newFrom` says. */
  readonly skipped: readonly { readonly label: string; readonly because: string }[];
}

/** More entries than a request should walk; the command line takes any number. */
export const mostInRequest = 5000;

/** A source that is a directory. @throws HubError `not-found`, `invalid` */
export async function getDirectory(services: Services, id: string): Promise<DirectorySource> {
  const source: Stored<Source> = await getSource(services, id);
  if (isDirectory(source)) return source;
  const message = 'is no directory: people of an OpenID provider are brought up to date when they sign in';
  throw new HubError('invalid', undefined, { faults: [{ path: 'source', message }] });
}

/**
 * Brings the people of a directory up to date. Each of them is a commit of its own, so that one who is changed meanwhile by somebody
 * else stops nobody; the end is on record with the counts.
 * @throws HubError `not-found`, `invalid`, `directory-away`, `stale` when it is no longer what was previewed, `conflict` when too many are gone
 */
export async function syncDirectory(
  services: Services,
  origin: Origin,
  id: string,
  options: SyncOptions = {},
): Promise<SyncReport> {
  const source = await getDirectory(services, id);
  if (!source.enabled) throw new HubError('conflict', `${source.title} is disabled; enable it first`);
  const plan = await planSync(services, source, options.atMost);
  if (options.previewed !== undefined && options.previewed !== plan.digest)
    throw new HubError('stale', 'The directory, or the people here, changed since the preview; preview it again');
  if (options.disableGone === true) requireFew(plan, options);
  const skipped: { label: string; because: string }[] = plan.left.map(({ label, because }) => ({ label, because }));
  let [created, changed, disabled] = [0, 0, 0];
  /** One person; what goes wrong about one stops nobody else. */
  const each = async (label: string, act: () => Promise<boolean>): Promise<number> => {
    try {
      return (await act()) ? 1 : 0;
    } catch (fault) {
      if (!(fault instanceof HubError || fault instanceof CommitConflict)) throw fault;
      skipped.push({ label, because: fault instanceof HubError ? fault.code : 'conflict' });
      return 0;
    }
  };
  for (const { label, proved } of plan.appear)
    created += await each(label, () =>
      services.store.unit(async (unit) => {
        const met = await meetIdentity(services, origin, proved);
        if (met.outcome !== 'known') throw new HubError('conflict');
        await unit.commit();
        return true;
      }),
    );
  for (const { label, person: who, proved } of plan.change)
    changed += await each(label, async () => {
      const person = await services.store.get(people, who);
      if (person?.status !== 'active') return false;
      const { patch } = await updateFrom(services, source, person, proved);
      const by: Origin = { ...origin, actor: { kind: 'hub' } };
      await changePerson(services, by, who, patch, { reason: `source ${source.id}` });
      return true;
    });
  if (options.disableGone === true)
    for (const { label, person } of plan.gone)
      disabled += await each(label, async () =>
        isEnded(await disablePerson(services, origin, person, goneBecause(source))),
      );
  const { seen, same } = plan;
  const kept = plan.gone.length - disabled;
  const detail = {
    source: source.id,
    seen,
    created,
    changed,
    disabled,
    gone: plan.gone.length,
    skipped: skipped.length,
  };
  await services.store.writeNow({ changes: [], events: [draft(origin, 'source.synced', 'success', { detail })] });
  return { seen, created, changed, unchanged: same, disabled, kept, skipped };
}

const isEnded = ({ status }: Stored<Person>): boolean => status === 'disabled';
const goneBecause = ({ id }: DirectorySource) => ({ reason: `no longer in source ${id}` });

function requireFew({ gone, linked }: SyncPlan, { confirmGone, share = goneShare }: SyncOptions): void {
  if (confirmGone === true || gone.length <= linked * share) return;
  const message = `${gone.length} of ${linked} people linked to it are gone and would be disabled; is it the whole directory?`;
  throw new HubError('conflict', message, { faults: [{ path: 'confirmGone', message: `confirm it: ${message}` }] });
}
