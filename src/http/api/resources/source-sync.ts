import { z } from 'zod';
import { planSync } from '#actions/directories/sync/plan.ts';
import { shownPlan } from '#actions/directories/sync/shown.ts';
import { getDirectory, mostInRequest, syncDirectory } from '#actions/directories/sync/sync.ts';
import { named } from '../openapi/names.ts';
import { type Look, type Route, route } from '../route.ts';

const plan = named(
  'SyncPreview',
  z
    .object({
      seen: z.int().describe('Entries of the directory'),
      linked: z.int().describe('Active people here who are linked to it'),
      unchanged: z.int(),
      appear: z.array(z.object({ label: z.string(), subject: z.string() })),
      change: z.array(z.object({ person: z.string(), label: z.string(), fields: z.array(z.string()) })),
      gone: z.array(z.object({ person: z.string(), label: z.string(), why: z.enum(['missing', 'ended']) })),
      left: z
        .array(z.object({ label: z.string(), subject: z.string(), because: z.enum(['taken', 'unfit']) }))
        .describe('Not made: an account has that address or name, or what the directory tells makes none'),
      many: z.boolean().describe('Disabling those who are gone has to be confirmed'),
      digest: z.string(),
    })
    .describe('Who appears, changes and is gone'),
);

const report = named(
  'SyncReport',
  z.object({
    seen: z.int(),
    created: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    disabled: z.int(),
    kept: z.int().describe('Gone, and left as they are'),
    skipped: z.array(z.object({ label: z.string(), because: z.string() })),
  }),
);

const find = ({ services, params }: Look) => getDirectory(services, params.id ?? '');

const preview = route({
  method: 'POST',
  path: '/sources/{id}/sync/preview',
  summary: 'Preview bringing the people of a directory up to date',
  description: `Walks the directory and writes nothing. More than ${mostInRequest} entries take the command line.`,
  permission: 'hub:people-write',
  find,
  answers: { 200: { description: 'What it would do', schema: plan } },
  handle: async ({ services, item }) => ({
    status: 200,
    body: shownPlan(await planSync(services, item, mostInRequest)),
  }),
});

const sync = route({
  method: 'POST',
  path: '/sources/{id}/sync',
  summary: 'Bring the people of a directory up to date',
  permission: 'hub:people-write',
  find,
  body: {
    type: 'application/json',
    optional: true,
    schema: named(
      'SyncOrder',
      z.strictObject({
        disableGone: z.boolean().describe('Disable who is no longer there, or is ended there').optional(),
        confirmGone: z.boolean().describe('Also when they are more than a tenth').optional(),
        previewed: z.string().max(100).describe('Do what a preview of this digest showed, or nothing (412)').optional(),
      }),
    ),
  },
  answers: { 200: { description: 'What was done', schema: report } },
  handle: async ({ services, origin, item, body }) => ({
    status: 200,
    body: await syncDirectory(services, origin, item.id, { ...body, atMost: mostInRequest }),
  }),
});

export const sourceSyncRoutes: readonly Route[] = [preview, sync];
