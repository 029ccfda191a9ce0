import { gunzipSync, gzipSync } from 'node:zlib';
import type { Origin } from '#domain/audit/event.ts';
import { HubError } from '#domain/errors.ts';
import { uuidv7 } from '#platform/ids.ts';
import type { Stored } from '#storage/collection.ts';
import { type ImportPreviewRecord, importPieces, importPreviews, people } from '#storage/collections.ts';
import type { Change } from '#storage/port.ts';
import { everyRecord } from '../../access/reading.ts';
import { personLabel } from '../../access/subject.ts';
import { actorOf } from '../../named.ts';
import type { Services } from '../../services.ts';
import { type ImportReport, reportOf } from './import.ts';
import { requireFew } from './leavers.ts';
import { loadRows } from './load.ts';
import { parts } from './parts.ts';
import { digestOf, type FileOptions, marksOf, type PlannedFile, type PlannedMark, planFile } from './planned-file.ts';
import { type ImportPreview, previewImport, requireLoadable } from './preview.ts';

/** How long a preview waits to be applied. */
const keepMs = 60 * 60 * 1000;
/** Characters of one record: small enough for every engine. */
const pieceLength = 512 * 1024;
const piecesPerCommit = 4;
const purpose = 'people-import';
/** People named when a preview no longer holds. */
const mostNamed = 20;

type Kept = 'file' | 'shown' | 'marks';

/**
 * Previews a file and keeps both for an hour, sealed, for whoever asked and nobody else; a preview of theirs from before goes.
 * @throws HubError `invalid`
 */
export async function keepPreview(
  services: Services,
  origin: Origin,
  name: string,
  source: Uint8Array,
  options: FileOptions,
): Promise<Stored<ImportPreviewRecord>> {
  const { store, clock } = services;
  const { preview, file } = await previewImport(services, origin, source, options);
  const now = clock.now();
  const [id, expiresAt] = [uuidv7(now), now + keepMs];
  const content: Record<Kept, Uint8Array | string> = {
    file: source,
    shown: JSON.stringify(preview),
    marks: JSON.stringify(marksOf(file)),
  };
  const pieces: Change[] = [];
  const count: Record<Kept, number> = { file: 0, shown: 0, marks: 0 };
  for (const part of ['file', 'shown', 'marks'] as const)
    for (const sealed of sealedPieces(services, content[part])) {
      const place = `${id}:${part}:${count[part]++}`;
      pieces.push({ kind: 'insert', collection: importPieces, id: place, data: { preview: id, sealed }, expiresAt });
    }
  const { skipBad = false, emailsVerified = false, leavers = false } = options;
  const { digest } = preview;
  const data: ImportPreviewRecord = {
    by: actorOf(origin),
    name: name.slice(0, 200),
    ...(origin.within === undefined ? {} : { within: [...origin.within] }),
    digest,
    options: { skipBad, emailsVerified, leavers },
    policy: file.plan.policy.number,
    pieces: count,
    createdAt: now,
  };
  await forgetPreviews(services, origin);
  // The pieces first, a few to a commit: the record is what makes them a preview.
  for (const part of parts(pieces, piecesPerCommit)) await store.writeNow({ changes: [...part] });
  await store.writeNow({ changes: [{ kind: 'insert', collection: importPreviews, id, data, expiresAt }] });
  return { ...data, id, version: 1, expiresAt };
}

/** A preview by its id, through the one who asked for it. @throws HubError `not-found`, also when its hour is over */
export async function previewRecord(
  { store, clock }: Services,
  origin: Origin,
  id: string,
): Promise<Stored<ImportPreviewRecord>> {
  const record = await store.get(importPreviews, id);
  const same = record !== undefined && record.by === actorOf(origin) && isSame(record.within, origin.within);
  if (!same || (record.expiresAt ?? 0) <= clock.now())
    throw new HubError('not-found', 'There is no such preview; it is kept for an hour, for whoever asked for it');
  return record;
}

function isSame(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  return JSON.stringify(a?.toSorted()) === JSON.stringify(b?.toSorted());
}

/** What the preview showed. */
export async function shownPreview(services: Services, record: Stored<ImportPreviewRecord>): Promise<ImportPreview> {
  return JSON.parse((await opened(services, record, 'shown')).toString('utf8')) as ImportPreview;
}

/** The file that was previewed. */
export function previewedFile(services: Services, record: Stored<ImportPreviewRecord>): Promise<Buffer> {
  return opened(services, record, 'file');
}

/**
 * Loads exactly what was previewed, once. Up to 300 people it is one commit; beyond, commits of as many, and somebody who
 * changes people in that moment stops it where it is.
 * @throws HubError `stale` with who and what differs from the preview, `invalid`, `conflict` (too many would leave)
 */
export async function applyPreview(
  services: Services,
  origin: Origin,
  record: Stored<ImportPreviewRecord>,
  options: { readonly digest: string; readonly confirmLeavers?: boolean | undefined },
): Promise<ImportReport> {
  if (options.digest !== record.digest)
    throw new HubError('stale', 'This is the digest of another preview', {
      faults: [{ path: 'digest', message: 'take it from the preview that you have seen' }],
    });
  requireLoadable(await shownPreview(services, record));
  const source = await previewedFile(services, record);
  const file = await planFile(services, origin, source, record.options);
  if (digestOf(file, source, record.options) !== record.digest)
    throw await differs(services, record, file, JSON.parse((await opened(services, record, 'marks')).toString('utf8')));
  requireFew(file.leavers, options.confirmLeavers === true);
  const { id, version: ifVersion } = record;
  // Whoever applies it takes it away: of two at the same moment one finds it gone.
  const spent: Change = { kind: 'remove', collection: importPreviews, id, ifVersion };
  await loadRows(file.plan, file.planned, { exact: true, with: [spent, ...withoutPieces(record)] });
  return reportOf(file, true);
}

/** Who is no longer as the preview saw them. */
async function differs(
  { store }: Services,
  record: ImportPreviewRecord,
  file: PlannedFile,
  seen: readonly PlannedMark[],
): Promise<HubError> {
  const key = ([line, , id]: PlannedMark) => (line === 0 ? id : String(line));
  const was = new Map(seen.map((mark) => [key(mark), mark]));
  const is = new Map(marksOf(file).map((mark) => [key(mark), mark]));
  const faults: { path: string; message: string }[] = [];
  const { number } = file.plan.policy;
  if (number !== record.policy)
    faults.push({ path: 'policy', message: `is version ${number} now; the preview was made under ${record.policy}` });
  for (const fault of file.faults)
    faults.push({ path: `line ${fault.line} ${fault.path}`.trim(), message: fault.message });
  for (const place of new Set([...was.keys(), ...is.keys()])) {
    const [old, now] = [was.get(place), is.get(place)];
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    const line = old?.[0] ?? now?.[0] ?? 0;
    const person = await store.get(people, now?.[2] || old?.[2] || '');
    const who = person === undefined ? 'somebody new' : personLabel(person);
    const path = line === 0 ? who : `line ${line}`;
    faults.push({ path, message: `${line === 0 ? '' : `${who}: `}${difference(old, now)}` });
  }
  const more = faults.length - mostNamed;
  return new HubError('stale', 'What the preview rests on has changed; nothing was loaded. Preview the file again.', {
    faults: [...faults.slice(0, mostNamed), ...(more > 0 ? [{ path: '', message: `and ${more} more` }] : [])],
  });
}

function difference(old: PlannedMark | undefined, now: PlannedMark | undefined): string {
  if (now === undefined) return 'no longer leaves, or the row became bad';
  if (old === undefined) return now[1] === 'leave' ? 'would leave now' : `would be: ${now[1]}`;
  if (old[2] !== now[2]) return 'the row meets another person now';
  if (old[3] !== now[3]) return `was changed meanwhile (version ${old[3]} is now ${now[3]})`;
  return old[1] === now[1] ? 'has a password now' : `was: ${old[1]}, would be: ${now[1]}`;
}

/** What the actor previewed before and did not apply. */
async function forgetPreviews({ store }: Services, origin: Origin): Promise<void> {
  for await (const record of everyRecord(store, importPreviews, { where: { by: actorOf(origin) } })) {
    await store.writeNow({ changes: withoutPreview(record) });
  }
}

/** The changes that take a preview away with all that it holds. */
export function withoutPreview(record: Stored<ImportPreviewRecord>): Change[] {
  return [{ kind: 'remove', collection: importPreviews, id: record.id }, ...withoutPieces(record)];
}

/** Does one of the file's rows meet this person, or would they leave by it? */
export async function previewNames(
  services: Services,
  record: Stored<ImportPreviewRecord>,
  person: string,
): Promise<boolean> {
  let marks: PlannedMark[];
  try {
    marks = JSON.parse((await opened(services, record, 'marks')).toString('utf8'));
  } catch (fault) {
    // Its pieces run out one by one; nobody can tell any more whom it names.
    if (fault instanceof HubError) return true;
    throw fault;
  }
  return marks.some(([, , id]) => id === person);
}

function withoutPieces({ id, pieces }: Stored<ImportPreviewRecord>): Change[] {
  return Object.entries(pieces).flatMap(([part, count]) =>
    Array.from(
      { length: count },
      (_, at): Change => ({ kind: 'remove', collection: importPieces, id: `${id}:${part}:${at}` }),
    ),
  );
}

function sealedPieces({ seal }: Services, content: Uint8Array | string): string[] {
  const packed = gzipSync(content).toString('base64');
  const pieces: string[] = [];
  for (let at = 0; at < packed.length; at += pieceLength)
    pieces.push(seal.seal(purpose, packed.slice(at, at + pieceLength)));
  return pieces;
}

async function opened({ store, seal }: Services, record: Stored<ImportPreviewRecord>, part: Kept): Promise<Buffer> {
  let packed = '';
  for (let at = 0; at < record.pieces[part]; at++) {
    const piece = await store.get(importPieces, `${record.id}:${part}:${at}`);
    if (piece === undefined) throw new HubError('not-found', 'The preview is over; preview the file again');
    packed += seal.open(purpose, piece.sealed);
  }
  return gunzipSync(Buffer.from(packed, 'base64'));
}
