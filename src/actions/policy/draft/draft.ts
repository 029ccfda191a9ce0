import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { checkPolicy } from '#domain/policy/check/check.ts';
import { editPolicy, type PolicyEdit } from '#domain/policy/edit/edit.ts';
import type { Fault } from '#domain/policy/fault.ts';
import { type PolicyDraft, policyDrafts } from '#storage/collections.ts';
import { type Change, CommitConflict } from '#storage/port.ts';
import { actorOf } from '../../named.ts';
import type { Services } from '../../services.ts';
import { refuseInFileMode } from '../file-mode.ts';
import { policyInForce } from '../in-force.ts';
import { systemsForPolicy } from '../systems.ts';

const id = 'next';
/** As the check of a document has it. */
const maxBytes = 1024 * 1024;

export interface Draft extends PolicyDraft {
  /** 0: nothing is begun; the text is the one in force. */
  readonly version: number;
}

/** The draft; where none is begun, the version in force as what an edit would begin from. */
export async function policyDraft(services: Pick<Services, 'store'>): Promise<Draft> {
  const stored = await services.store.get(policyDrafts, id);
  if (stored !== undefined) return stored;
  const { number, text } = await policyInForce(services);
  return { text, base: number, by: '', at: 0, version: 0 };
}

/**
 * Puts a text in place of the draft; begins one where there is none. The text may be faulty, but not boundless.
 * @param ifVersion the version that was seen; 0 = nothing was begun
 * @throws HubError `stale` when it is another by now, `conflict` where the policy lives in a file
 */
export async function saveDraft(services: Services, origin: Origin, text: string, ifVersion: number): Promise<Draft> {
  refuseInFileMode(services);
  if (Buffer.byteLength(text) > maxBytes) {
    const message = 'is larger than 1 MiB; a policy has to be shorter';
    throw new HubError('invalid', undefined, { faults: [{ path: 'text', message }] });
  }
  const before = await seen(services, ifVersion);
  const data: PolicyDraft = { text, base: before.base, by: actorOf(origin), at: services.clock.now() };
  await write(services, before.version, data);
  return { ...data, version: before.version + 1 };
}

/**
 * Changes one item as a form hands it in. Refused with the new faults, each with line and remedy, when it would bring any:
 * the draft then stays as it was.
 */
export async function editDraft(
  services: Services,
  origin: Origin,
  edit: PolicyEdit,
  ifVersion: number,
): Promise<Draft> {
  refuseInFileMode(services);
  const before = await seen(services, ifVersion);
  const text = editPolicy(before.text, edit);
  const systems = await systemsForPolicy(services);
  const known = new Set(faultsOf(before.text, systems).map(({ path, message }) => `${path} ${message}`));
  const faults = faultsOf(text, systems).filter(({ path, message }) => !known.has(`${path} ${message}`));
  if (faults.length > 0) throw new HubError('invalid', 'The policy would have faults', { faults });
  if (text === before.text && before.version > 0) return before;
  return saveDraft(services, origin, text, ifVersion);
}

/** Says that what was published meanwhile has been looked at: the draft then counts as made on top of it. */
export async function rebaseDraft(services: Services, origin: Origin, ifVersion: number): Promise<Draft> {
  refuseInFileMode(services);
  const before = await seen(services, ifVersion);
  if (before.version === 0) throw new HubError('not-found', 'There is no draft');
  const { number } = await policyInForce(services);
  const data: PolicyDraft = { text: before.text, base: number, by: actorOf(origin), at: services.clock.now() };
  await write(services, before.version, data);
  return { ...data, version: before.version + 1 };
}

/** @throws HubError `not-found` where nothing is begun, `stale` */
export async function discardDraft(services: Services, ifVersion: number): Promise<void> {
  const before = await seen(services, ifVersion);
  if (before.version === 0) throw new HubError('not-found', 'There is no draft');
  await stale(services.store.write({ changes: [endOfDraft(before.version)] }));
}

/** For the commit that publishes it. */
export function endOfDraft(version: number): Change {
  return { kind: 'remove', collection: policyDrafts, id, ifVersion: version };
}

function faultsOf(text: string, systems: Parameters<typeof checkPolicy>[1]): readonly Fault[] {
  const checked = checkPolicy(text, systems);
  return checked.ok ? [] : checked.faults;
}

async function seen(services: Services, ifVersion: number): Promise<Draft> {
  const draft = await policyDraft(services);
  if (draft.version !== ifVersion) throw new HubError('stale');
  return draft;
}

async function write({ store }: Services, version: number, data: PolicyDraft): Promise<void> {
  const place = { collection: policyDrafts, id, data } as const;
  const change: Change =
    version === 0 ? { kind: 'insert', ...place } : { kind: 'replace', ...place, ifVersion: version };
  await stale(store.write({ changes: [change] }));
}

/** Of two edits at the same moment the second is as stale as one that comes a minute later. */
async function stale(done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (error instanceof CommitConflict) throw new HubError('stale', undefined, { cause: error });
    throw error;
  }
}
