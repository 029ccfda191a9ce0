import { z } from 'zod';
import { exportAudit, exportFormats } from '#actions/audit/export.ts';
import { queryAudit } from '#actions/audit/query.ts';
import { verifyStore } from '#actions/audit/verify.ts';
import { eventTypes } from '#domain/audit/event.ts';
import { named } from '../openapi/names.ts';
import { type Route, route } from '../route.ts';
import { cursor, limit, pageOf, q } from './list.ts';
import { given, instant } from './shared.ts';

const json = z.record(z.string(), z.unknown());

const auditEvent = named(
  'AuditEvent',
  z.object({
    id: z.string(),
    writer: z.string(),
    seq: z.int(),
    at: instant,
    type: z.enum(eventTypes),
    outcome: z.enum(['success', 'failure', 'denied']),
    actor: z.object({ kind: z.enum(['person', 'system', 'hub', 'operator']), id: z.string().optional() }),
    subject: z.object({ id: z.string() }).optional(),
    system: z.string().optional(),
    via: z.string().optional().describe('The system it came through'),
    session: z.string().optional(),
    request: z.string().optional(),
    detail: json.optional(),
    before: json.optional(),
    after: json.optional(),
    personal: json.nullable().optional(),
    personalSalt: z.string().nullable().optional(),
    personalDigest: z.string().optional(),
    prev: z.string(),
    hash: z.string(),
  }),
);

const eventTypeOrPrefix = z
  .string()
  .refine(
    (value) => eventTypes.some((type) => type === value || (value.endsWith('.') && type.startsWith(value))),
    'An event type, or the beginning of some up to the dot: entry.',
  );

/** What narrows queries and exports alike. */
const filter = {
  person: z.string().max(200).describe('Actor or subject').optional(),
  system: z.string().max(200).optional(),
  via: z.string().max(200).describe('The system it came through').optional(),
  session: z.string().max(200).optional(),
  type: eventTypeOrPrefix.describe('Exact, or a beginning such as `entry.`').optional(),
  outcome: z.enum(['success', 'failure', 'denied']).optional(),
  writer: z.string().max(200).optional(),
  since: instant.describe('Inclusive').optional(),
  until: instant.describe('Exclusive').optional(),
};

const query = route({
  method: 'GET',
  path: '/audit',
  summary: 'Search the record',
  permission: 'hub:audit-read',
  query: z.strictObject({
    ...filter,
    q,
    sort: z.enum(['at', '-at']).describe('Newest first by default').optional(),
    limit,
    cursor,
  }),
  answers: {
    200: { description: 'A page of events, personal values opened', schema: pageOf('AuditPage', auditEvent) },
  },
  async handle({ services, query: { sort, ...rest } }) {
    const order = sort === 'at' ? 'oldest' : 'newest';
    return { status: 200, body: await queryAudit(services, given({ ...rest, order })) };
  },
});

const exporting = route({
  method: 'GET',
  path: '/audit/export',
  summary: 'Export the record',
  description:
    'Each writer’s events in order of `seq`. Leaves `audit.exported` with the filter and the number of events.',
  permission: 'hub:audit-export',
  fresh: true,
  recorded: true,
  query: z.strictObject({ ...filter, format: z.enum(exportFormats).default('ndjson') }),
  answers: { 200: { description: 'The events as a stream', stream: ['application/x-ndjson', 'text/csv'] } },
  async handle({ services, origin, query: { format, ...rest } }) {
    const { content, events } = await exportAudit(services, origin, format, given(rest));
    const type = format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson';
    return {
      status: 200,
      headers: { 'x-events': String(events) },
      stream: { type, filename: `audit.${format}`, content },
    };
  },
});

const verdict = named(
  'AuditVerdict',
  z.object({
    ok: z.boolean(),
    events: z.int(),
    writers: z.int(),
    firstBad: z.object({ writer: z.string(), seq: z.int(), reason: z.string() }).optional(),
    checkpointFault: z.string().describe('What is wrong with the newest checkpoint itself').optional(),
  }),
);

const verify = route({
  method: 'GET',
  path: '/audit/verify',
  summary: 'Check that the record is whole',
  description: 'Walks every chain of the store, against the newest checkpoint. Leaves `audit.verified`.',
  permission: 'hub:audit-read',
  recorded: true,
  answers: { 200: { description: 'What was found; `ok: false` names the first bad event', schema: verdict } },
  async handle({ services, origin }) {
    return { status: 200, body: await verifyStore(services, origin) };
  },
});

export const auditRoutes: readonly Route[] = [query, exporting, verify];
