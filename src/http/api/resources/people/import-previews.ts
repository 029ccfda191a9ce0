import { z } from 'zod';
import { applyPreview, keepPreview, previewRecord, shownPreview } from '#actions/people/import/kept-preview.ts';
import type { Services } from '#actions/services.ts';
import type { Stored } from '#storage/collection.ts';
import type { ImportPreviewRecord } from '#storage/collections.ts';
import { named } from '../../openapi/names.ts';
import { type Look, type Route, route } from '../../route.ts';
import { listOf, listQuery, pageOf } from '../list.ts';
import { iso } from '../shared.ts';
import { csv, fault, flag, report } from './import.ts';

const both = <S extends z.ZodType>(item: S) => z.object({ gains: z.array(item), losses: z.array(item) });

const effect = named(
  'ImportEffect',
  z
    .object({
      line: z.int().describe('Of the file; 0 for somebody whom it does not name'),
      act: z.enum(['create', 'change', 'disable', 'enable', 'leave']),
      id: z.string().optional(),
      person: z.string(),
      name: z.string(),
      fields: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
      password: z.boolean().describe('A first password comes with it'),
      roles: both(z.string()),
      permissions: both(z.object({ system: z.string(), permission: z.string() })),
      conflicts: z
        .object({ appear: z.array(z.string()), vanish: z.array(z.string()) })
        .describe('Separation rules; a breach of a `prevent` rule is a fault of its row'),
    })
    .describe('What happens to one person, and what they may do afterwards that they may not do now'),
);

const preview = named(
  'ImportPreview',
  z
    .object({
      id: z.string(),
      digest: z.string().describe('Of the file and of everything that the preview rests on'),
      file: z.string(),
      expiresAt: z.string(),
      loadable: z.boolean(),
      rows: z.int(),
      created: z.int(),
      changed: z.int(),
      unchanged: z.int(),
      disabled: z.int(),
      enabled: z.int(),
      left: z.int(),
      skipped: z.int(),
      gains: z.int(),
      losses: z.int(),
      conflicts: z.object({ appear: z.int(), vanish: z.int() }),
      leavers: z
        .object({
          active: z.int(),
          many: z.boolean().describe('More than a tenth of the active people: applying takes `confirmLeavers`'),
          spared: z.array(z.object({ id: z.string(), person: z.string(), why: z.string() })),
        })
        .optional(),
      faults: z.array(fault),
    })
    .describe('Kept for an hour, for whoever asked and nobody else'),
);

async function shown(services: Services, record: Stored<ImportPreviewRecord>) {
  const { people: _, ...counts } = await shownPreview(services, record);
  return { id: record.id, file: record.name, expiresAt: iso(record.expiresAt ?? record.createdAt), ...counts };
}

const find = ({ services, caller, params }: Look) => previewRecord(services, caller.origin, params.id ?? '');

const make = route({
  method: 'POST',
  path: '/people/imports',
  summary: 'Preview what a CSV of people would do',
  description:
    'Nothing is loaded. Bad rows are told by line and make it not `loadable` unless they are to be skipped; with `leavers` whoever is active and not in the file leaves.',
  permission: 'hub:people-write',
  departments: 'narrowed',
  query: z.strictObject({
    name: z.string().max(200).describe('What the file is called').optional(),
    skipBad: flag,
    emailsVerified: flag,
    leavers: flag,
  }),
  body: { type: 'text/csv', schema: csv, limit: 16 * 1024 * 1024 },
  answers: { 201: { description: 'The preview', schema: preview } },
  async handle({ services, origin, query: { name = 'people.csv', ...options }, body }) {
    const record = await keepPreview(services, origin, name, Buffer.from(body), options);
    const headers = { location: `${services.settings.issuer}/api/v1/people/imports/${record.id}` };
    return { status: 201, headers, body: await shown(services, record) };
  },
});

const get = route({
  method: 'GET',
  path: '/people/imports/{id}',
  summary: 'Show a preview of people to be loaded',
  permission: 'hub:people-write',
  departments: 'narrowed',
  find,
  answers: { 200: { description: 'The preview', schema: preview } },
  handle: async ({ services, item }) => ({ status: 200, body: await shown(services, item) }),
});

const list = route({
  method: 'GET',
  path: '/people/imports/{id}/people',
  summary: 'List what a preview does to whom',
  description: 'Everybody but those who stay as they are.',
  permission: 'hub:people-write',
  departments: 'narrowed',
  find,
  query: z.strictObject(listQuery(['line', 'person', 'act'])),
  answers: { 200: { description: 'A page of effects', schema: pageOf('ImportEffectPage', effect) } },
  async handle({ services, item, query }) {
    return { status: 200, body: listOf((await shownPreview(services, item)).people, query) };
  },
});

const application = named(
  'ImportApplication',
  z.strictObject({
    digest: z.string().max(100).describe('Of the preview that was seen'),
    confirmLeavers: z.boolean().describe('That many are to leave').optional(),
  }),
);

const apply = route({
  method: 'POST',
  path: '/people/imports/{id}/apply',
  summary: 'Load exactly what was previewed',
  description: 'Once. What changed meanwhile is refused with 412, and `errors` says who and what differs.',
  permission: 'hub:people-write',
  departments: 'narrowed',
  find,
  body: { type: 'application/json', schema: application },
  answers: { 200: { description: 'What was done', schema: report } },
  handle: async ({ services, origin, item, body }) => ({
    status: 200,
    body: await applyPreview(services, origin, item, body),
  }),
});

export const importPreviewRoutes: readonly Route[] = [make, get, list, apply];
