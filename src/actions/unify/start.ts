import { draft, type Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import type { ListName } from '#domain/unify/outcome/groups.ts';
import type { ColumnMap } from '#domain/unify/read/columns.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { people, systems, type UnificationRecord, unifications } from '#storage/collections.ts';
import { actorOf } from '../named.ts';
import { namedActor } from '../people/about.ts';
import { parts } from '../people/import/parts.ts';
import type { Services } from '../services.ts';
import { hasStaff } from './directory.ts';
import { partsOf } from './files.ts';

export interface NewFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly encoding?: string | undefined;
  readonly map?: ColumnMap | undefined;
}

export interface NewUnification {
  /** System ids; a side's only system when left out. */
  readonly systems?: { readonly crm?: string | undefined; readonly erp?: string | undefined } | undefined;
  readonly files: { readonly crm: NewFile; readonly erp: NewFile; readonly directory?: NewFile | undefined };
  /** Whose value an attribute takes, the first that has one; directory, erp, crm when left out. */
  readonly sources?: readonly ListName[] | undefined;
  /**
   * How people come in whom the directory does not have: disabled when left out, as the exports say as long as the hub has
   * nobody but its administrators and no directory was given.
   */
  readonly unknown?: UnificationRecord['unknown'] | undefined;
}

/** Bytes of one file. */
export const largestFile = 24 * 1024 * 1024;
const piecesPerCommit = 4;
export const usualSources: readonly ListName[] = ['directory', 'erp', 'crm'];

/**
 * Takes in the exports of a CRM and an ERP, to be looked at and matched. Nothing of them is an account yet.
 * @throws HubError `invalid`, `too-large`
 */
export async function startUnification(
  services: Services,
  origin: Origin,
  input: NewUnification,
): Promise<Stored<UnificationRecord>> {
  const { store, clock } = services;
  const now = clock.now();
  const id = uuidv7(now);
  const chosen = {
    crm: await systemOf(services, 'crm', input.systems?.crm),
    erp: await systemOf(services, 'erp', input.systems?.erp),
  };
  if (chosen.crm === chosen.erp)
    throw new HubError('invalid', undefined, {
      faults: [
        { path: 'systems.erp', message: 'is the system of the other file; the two files belong to two systems' },
      ],
    });
  const { crm, erp, directory } = input.files;
  const record = ({ name, bytes, encoding, map }: NewFile) => ({
    name: name.slice(0, 200),
    size: bytes.length,
    parts: partsOf(bytes).length,
    map: given(map),
    ...(encoding === undefined || encoding === '' ? {} : { encoding }),
  });
  for (const [list, file] of Object.entries({ crm, erp, directory })) if (file !== undefined) checkFile(list, file);
  const data: UnificationRecord = {
    state: 'mapping',
    systems: chosen,
    files: { crm: record(crm), erp: record(erp), ...(directory === undefined ? {} : { directory: record(directory) }) },
    ...(await directoryFor(services, directory !== undefined, input.unknown)),
    sources: [...new Set([...(input.sources ?? []), ...usualSources])],
    by: actorOf(origin),
    createdAt: now,
    changedAt: now,
  };
  const files = Object.entries({ crm, erp, directory }).flatMap(([list, file]) =>
    file === undefined ? [] : partsOf(file.bytes, id, list),
  );
  // The pieces first, a few to a commit: the record is what makes them a unification.
  for (const part of parts(files, piecesPerCommit)) await store.writeNow({ changes: [...part] });
  await store.writeNow({
    changes: [{ kind: 'insert', collection: unifications, id, data }],
    events: [
      draft(origin, 'unification.started', 'success', {
        detail: { unification: id, systems: Object.values(chosen) },
        personal: await namedActor(services, origin),
      }),
    ],
  });
  return { ...data, id, version: 1 };
}

/** Without a file the hub's own people are the directory: nobody gets a second account. */
async function directoryFor(
  services: Services,
  hasFile: boolean,
  told: UnificationRecord['unknown'],
): Promise<Pick<UnificationRecord, 'directory' | 'unknown'>> {
  if (hasFile) return { directory: 'file', unknown: told ?? 'disabled' };
  if ((await services.store.count(people)) === 0) return { directory: 'none' };
  return {
    directory: 'hub',
    unknown: told ?? ((await hasStaff(services)) ? 'disabled' : 'as-exported'),
  };
}

function given(map: ColumnMap | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map ?? {}).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

function checkFile(list: string, { bytes }: NewFile): void {
  if (bytes.length > largestFile) throw new HubError('too-large', `A file may have ${largestFile / 1024 / 1024} MiB`);
  if (bytes.length === 0)
    throw new HubError('invalid', undefined, {
      faults: [{ path: `files.${list}`, message: 'the file is empty; its first line names the columns' }],
    });
}

async function systemOf({ store }: Services, side: 'crm' | 'erp', told: string | undefined): Promise<string> {
  const fault = (message: string) =>
    new HubError('invalid', undefined, { faults: [{ path: `systems.${side}`, message }] });
  if (told !== undefined && told !== '') {
    if ((await store.get(systems, told)) === undefined) throw fault(`${told} is no system of the hub`);
    return told;
  }
  const { items } = await store.find(systems, { where: { side }, limit: 2 });
  const [only] = items;
  if (only === undefined) throw fault(`no system of the side ${side} is connected; connect it first`);
  if (items.length > 1) throw fault(`there are several systems of the side ${side}; name the one that the file is of`);
  return only.id;
}
