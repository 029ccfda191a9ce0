import { z } from 'zod';
import type { Services } from '#actions/services.ts';
import { obstacleText } from '#actions/unify/decide.ts';
import { directoryOf, disablesUnknown } from '#actions/unify/directory.ts';
import { jobOn } from '#actions/unify/jobs/ask.ts';
import { type Counts, countsOf } from '#actions/unify/list.ts';
import type { Obstacle } from '#actions/unify/plan.ts';
import { HubError } from '#domain/errors.ts';
import { type ColumnMap, meaningNamed, meanings } from '#domain/unify/read/columns.ts';
import { encodings } from '#domain/unify/read/decode.ts';
import type { Stored } from '#storage/collection.ts';
import { type Merge, type Proposal, type UnificationRecord, unifications } from '#storage/collections.ts';
import { named } from '../../openapi/names.ts';
import { iso } from '../shared.ts';

const list = z.enum(['crm', 'erp', 'directory']);
const texts = z.record(z.string(), z.string());

const file = named(
  'UnifyFile',
  z.strictObject({
    name: z.string().max(200).optional(),
    content: z.string().describe('The export as text').optional(),
    base64: z.string().describe('The export as bytes, for other encodings than UTF-8').optional(),
    encoding: z
      .string()
      .max(40)
      .describe(`Guessed when left out: ${encodings.join(', ')}`)
      .optional(),
    map: texts.describe(`Columns by hand, meaning to title; meanings: ${meanings.join(', ')}`).optional(),
  }),
);

export const newUnification = named(
  'NewUnification',
  z.strictObject({
    crm: file,
    erp: file,
    directory: file
      .describe("The people who work here; the hub's own people when left out, so that nobody gets a second account")
      .optional(),
    unknown: z
      .enum(['disabled', 'as-exported'])
      .describe(
        'How people come in whom the directory does not have. Disabled when left out; as their export says while the hub has nobody but its administrators',
      )
      .optional(),
    systems: z
      .strictObject({ crm: z.string().max(200).optional(), erp: z.string().max(200).optional() })
      .describe('The systems that the files belong to; the only one of each side when left out')
      .optional(),
    sources: z
      .array(list)
      .max(3)
      .describe('Whose value an attribute takes; directory, erp, crm when left out')
      .optional(),
  }),
);
type FileBody = z.infer<typeof file>;

/** A file of a body as the action takes it. @throws HubError `invalid` */
export function fileFrom(path: string, { name, content, base64, encoding, map }: FileBody) {
  if ((content === undefined) === (base64 === undefined))
    throw new HubError('invalid', undefined, {
      faults: [{ path, message: 'give either content (text) or base64 (bytes)' }],
    });
  const bytes = base64 === undefined ? Buffer.from(content ?? '', 'utf8') : Buffer.from(base64, 'base64');
  return { name: name ?? `${path}.csv`, bytes, encoding, map: mapFrom(path, map ?? {}) };
}

function mapFrom(path: string, told: Readonly<Record<string, string>>): ColumnMap {
  const map: { [key: string]: string } = {};
  for (const [word, title] of Object.entries(told)) {
    const meaning = meaningNamed(word);
    if (meaning === undefined)
      throw new HubError('invalid', undefined, {
        faults: [
          { path: `${path}.map.${word}`, message: `is no meaning of a column; there are ${meanings.join(', ')}` },
        ],
      });
    map[meaning] = title;
  }
  return map;
}

const counts = z.object({
  open: z.int(),
  accepted: z.int(),
  rejected: z.int(),
  settled: z.int().describe('Decided along with another proposal'),
  undone: z.int(),
});

const fileShown = z.object({ name: z.string(), rows: z.int().optional(), encoding: z.string().optional(), map: texts });

const job = z.object({
  kind: z.enum(['match', 'accept']),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  done: z.int().describe('Proposals kept (match) or accepted so far'),
  blocked: z.int().describe('Something stands in the way of these; it is noted with each'),
  total: z.int().describe('Of how many; 0 while that is not known'),
  failure: z
    .object({
      code: z.string(),
      message: z.string(),
      faults: z.array(z.object({ path: z.string(), message: z.string() })),
    })
    .describe('Why it failed, and the remedy')
    .optional(),
  createdAt: z.string(),
  changedAt: z.string(),
});

export const unification = named(
  'Unification',
  z.object({
    id: z.string(),
    version: z.int(),
    state: z.enum(['mapping', 'matching', 'ready']),
    systems: z.object({ crm: z.string(), erp: z.string() }),
    files: z.object({ crm: fileShown, erp: fileShown, directory: fileShown.optional() }),
    directory: z
      .object({
        from: z.enum(['hub', 'file', 'none']).describe("The hub's own people, a file, or no directory"),
        people: z.int().describe('People in it; absent until they are read').optional(),
        unknown: z.enum(['disabled', 'as-exported']).describe('How people come in whom it does not have').optional(),
      })
      .describe('Who says who works here'),
    sources: z.array(list),
    by: z.string(),
    createdAt: z.string(),
    job: job.describe('The last work on it that no request waited for').optional(),
    proposals: z.object({ sure: counts, doubt: counts, alone: counts, aside: counts }),
  }),
);

/** The work first, then what it leaves: who reads that the work is done must find it done. */
export async function shownUnification(services: Services, known: Stored<UnificationRecord>) {
  const last = await jobOn(services, known.id);
  const record = (await services.store.get(unifications, known.id)) ?? known;
  const told: Counts = await countsOf(services, record.id);
  const shown = last && { ...last, createdAt: iso(last.createdAt), changedAt: iso(last.changedAt) };
  const counted = record.hubPeople ?? record.files.directory?.rows;
  const from = directoryOf(record);
  const { hubPeople: _people, unknown: _unknown, ...rest } = record;
  return {
    ...rest,
    directory: {
      from,
      ...(counted === undefined ? {} : { people: counted }),
      ...(from === 'none'
        ? {}
        : { unknown: disablesUnknown(record) ? ('disabled' as const) : ('as-exported' as const) }),
    },
    createdAt: iso(record.createdAt),
    ...(shown === undefined ? {} : { job: shown }),
    proposals: told,
  };
}

export const proposal = named(
  'UnifyProposal',
  z.object({
    id: z.string(),
    version: z.int(),
    kind: z.enum(['sure', 'doubt', 'alone', 'aside']),
    state: z.enum(['open', 'accepted', 'rejected', 'settled', 'undone']),
    score: z.number().describe('0 to 1; orders proposals, and is no probability'),
    reasons: z.array(z.string()),
    rows: z.array(
      z.object({
        list,
        id: z.string(),
        line: z.int(),
        cells: texts,
        person: z.string().describe("The account, of a row of the hub's own people").optional(),
      }),
    ),
    obstacle: z.object({ code: z.string(), message: z.string() }).describe('Why it could not be accepted').optional(),
    decidedBy: z.string().optional(),
    decidedAt: z.string().optional(),
    reason: z.string().optional(),
    effect: z
      .object({
        person: z.string(),
        created: z.boolean(),
        taken: texts.describe('Attribute -> the one list its value comes from'),
        links: z.array(z.object({ id: z.string(), system: z.string(), login: z.string() })),
        split: z.array(z.string()).describe('Accounts split off by undoing').optional(),
        kept: z.array(z.string()).describe('Fields that undoing left, since they had changed').optional(),
      })
      .optional(),
  }),
);

export function shownProposal({ obstacle, decidedAt, ...rest }: Stored<Proposal>) {
  return {
    ...rest,
    ...(obstacle === undefined
      ? {}
      : { obstacle: { code: obstacle.code, message: obstacleText(obstacle as Obstacle) } }),
    ...(decidedAt === undefined ? {} : { decidedAt: iso(decidedAt) }),
  };
}

export const merge = named(
  'Merge',
  z.object({
    id: z.string(),
    version: z.int(),
    survivor: z.string(),
    gone: z.string(),
    state: z.enum(['merged', 'undone']),
    reason: z.string(),
    by: z.string(),
    at: z.string(),
    links: z.array(z.object({ id: z.string(), system: z.string() })).describe('Links that moved to the survivor'),
    assignments: z.array(z.string()).describe('Roles given singly that the survivor took over'),
    kept: z.array(z.string()).describe('Fields that undoing left, since they had changed').optional(),
  }),
);

export function shownMerge(record: Stored<Merge>) {
  return { ...record, at: iso(record.at) };
}
