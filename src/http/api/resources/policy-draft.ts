import { z } from 'zod';
import { discardDraft, editDraft, policyDraft, rebaseDraft, saveDraft } from '#actions/policy/draft/draft.ts';
import { previewPolicy } from '#actions/policy/draft/preview.ts';
import { publishDraft } from '#actions/policy/draft/publish.ts';
import { affectedSessions } from '#actions/policy/draft/sessions.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import type { Effect } from '#actions/policy/what-if/question.ts';
import { HubError } from '#domain/errors.ts';
import type { PolicyEdit } from '#domain/policy/edit/edit.ts';
import { unifiedDiff } from '#domain/text/diff.ts';
import { named } from '../openapi/names.ts';
import { type Look, type Route, route } from '../route.ts';
import { listOf, listQuery, pageOf } from './list.ts';
import { change, conflictRow, fault, permissionHeld, publication, published } from './policy-shapes.ts';
import { iso } from './shared.ts';

const path = '/policy/draft';

const draft = named(
  'PolicyDraft',
  z.object({
    version: z.int().describe('0 while nothing is begun; the text is then the one in force'),
    base: z.int().describe('The version of the policy it was begun on, or last looked at against'),
    inForce: z.int(),
    by: z.string().nullable().describe('Who changed it last'),
    at: z.string().nullable(),
    text: z.string().describe('The document, YAML'),
  }),
);

async function find({ services }: Look) {
  const { version, base, by, at, text } = await policyDraft(services);
  const inForce = (await policyInForce(services)).number;
  return { version, base, inForce, by: by === '' ? null : by, at: at === 0 ? null : iso(at), text };
}

const begun = (look: Look) =>
  find(look).then((item) => {
    if (item.version === 0) throw new HubError('not-found', 'There is no draft');
    return item;
  });

const answerDraft = async (look: Look, status = 200) => {
  const body = await find(look);
  return { status, version: body.version, body };
};

const show = route({
  method: 'GET',
  path,
  summary: 'Show the draft of the next policy',
  description: 'One draft for all authors. Its version is needed to change it; version 0 means that nothing is begun.',
  permission: 'hub:policy-read',
  find,
  answers: { 200: { description: 'The draft', schema: draft, etag: true } },
  handle: async ({ item }) => ({ status: 200, version: item.version, body: item }),
});

const put = route({
  method: 'PUT',
  path,
  summary: 'Put a document in place of the draft',
  description: 'Begins the draft with `If-Match: "0"`. The text may still hold faults; the preview tells them.',
  permission: 'hub:policy-write',
  find,
  versioned: true,
  body: {
    type: 'application/json',
    schema: named('PolicyText', z.strictObject({ text: z.string() })),
    limit: 2_500_000,
  },
  answers: { 200: { description: 'The draft', schema: draft, etag: true } },
  async handle(ask) {
    await saveDraft(ask.services, ask.origin, ask.body.text, ask.ifVersion ?? 0);
    return answerDraft(ask);
  },
});

const names = z.array(z.string().min(1).max(200)).max(5_000);
const index = z.int().min(0).describe('Its place in the list, from 0; left out: a new one');
const date = z.string().max(40);
const edit = named(
  'PolicyEdit',
  z.discriminatedUnion('part', [
    z.strictObject({
      part: z.literal('roles'),
      at: z.string().min(1).max(200).describe('Id of the role'),
      value: z
        .strictObject({
          title: z.string().max(500).optional(),
          description: z.string().max(2_000).optional(),
          includes: names.default([]),
          requires: z.enum(['password', 'mfa', 'phishing-resistant']).optional(),
          grants: z.record(z.string(), names).default({}),
        })
        .optional(),
    }),
    z.strictObject({
      part: z.literal('assign'),
      at: index.optional(),
      value: z
        .strictObject({
          role: z.string().min(1),
          when: z.record(z.string(), z.unknown()),
          from: date.optional(),
          until: date.optional(),
        })
        .optional(),
    }),
    z.strictObject({
      part: z.literal('separation'),
      at: index.optional(),
      value: z
        .strictObject({
          id: z.string().min(1),
          title: z.string().max(500).optional(),
          conflict: z.array(permissionHeld).max(50),
          mode: z.enum(['prevent', 'warn']),
        })
        .optional(),
    }),
    z.strictObject({
      part: z.literal('delegations'),
      at: index.optional(),
      value: z.strictObject({ from: z.string().min(1), to: z.string().min(1), permissions: names }).optional(),
    }),
  ]),
);

const editItem = route({
  method: 'POST',
  path: `${path}/edits`,
  summary: 'Change one item of the draft',
  description:
    'Adds, changes or (without `value`) removes a role, a rule, a separation rule or a delegation; everything else of the text stays as it is written. Refused when it would bring a new fault.',
  permission: 'hub:policy-write',
  find,
  versioned: true,
  body: { type: 'application/json', schema: edit },
  answers: { 200: { description: 'The draft', schema: draft, etag: true } },
  async handle(ask) {
    await editDraft(ask.services, ask.origin, ask.body as PolicyEdit, ask.ifVersion ?? 0);
    return answerDraft(ask);
  },
});

const discard = route({
  method: 'DELETE',
  path,
  summary: 'Discard the draft',
  permission: 'hub:policy-write',
  find: begun,
  versioned: true,
  answers: { 204: { description: 'Discarded; the policy in force is untouched' } },
  async handle({ services, ifVersion }) {
    await discardDraft(services, ifVersion ?? 0);
    return { status: 204 };
  },
});

const rebase = route({
  method: 'POST',
  path: `${path}/rebase`,
  summary: 'Go on on top of what was published meanwhile',
  description: 'Says that the difference to the version in force has been looked at. The text stays as it is.',
  permission: 'hub:policy-write',
  find: begun,
  versioned: true,
  answers: { 200: { description: 'The draft', schema: draft, etag: true } },
  async handle(ask) {
    await rebaseDraft(ask.services, ask.origin, ask.ifVersion ?? 0);
    return answerDraft(ask);
  },
});

const publish = route({
  method: 'POST',
  path: `${path}/publish`,
  summary: 'Publish the draft as the next version',
  permission: 'hub:policy-write',
  fresh: true,
  find: begun,
  versioned: true,
  body: { type: 'application/json', schema: publication },
  answers: { 200: { description: 'The version now in force and what changed', schema: published } },
  async handle({ services, origin, ifVersion, body }) {
    return { status: 200, body: await publishDraft(services, origin, ifVersion ?? 0, body) };
  },
});

const claims = z.object({
  system: z.string(),
  budget: z.int().describe('Bytes'),
  before: z.int().describe('The largest now'),
  after: z.int(),
  over: z.int().describe('How many people would be above'),
  newlyOver: z.int(),
  names: z.array(z.object({ person: z.string(), bytes: z.int() })).describe('Some of them, the largest first'),
});
const preview = named(
  'PolicyPreview',
  z.object({
    against: z.int().describe('The version in force'),
    ok: z.boolean(),
    faults: z.array(fault),
    notes: z.array(fault).describe('Allowed and probably not meant'),
    changes: z.array(change),
    diff: z.string().describe('Line by line, as `diff -u`'),
    people: z.int().optional(),
    gaining: z.int().optional().describe('How many people gain a permission'),
    losing: z.int().optional(),
    conflicts: z.object({ appear: z.array(conflictRow), vanish: z.array(conflictRow), stand: z.int() }).optional(),
    prevented: z
      .array(conflictRow.extend({ from: z.string() }))
      .optional()
      .describe('What stands in the way of publishing'),
    claims: z.array(claims).optional(),
    sessions: z.int().optional().describe('Open sign-ins that would find other rights at their next token'),
  }),
);

const look = route({
  method: 'GET',
  path: `${path}/preview`,
  summary: 'Show what publishing the draft would do',
  permission: 'hub:policy-read',
  answers: { 200: { description: 'Faults, changes, conflicts, sizes', schema: preview } },
  async handle({ services }) {
    const { text } = await policyDraft(services);
    const inForce = await policyInForce(services);
    const { against, faults, notes, changes, effect } = await previewPolicy(services, text);
    const diff = unifiedDiff(inForce.text, text, [`version ${inForce.number}`, 'draft']);
    const common = { against, ok: faults.length === 0, faults, notes, changes, diff };
    if (effect === undefined) return { status: 200, body: common };
    const sessions = (await affectedSessions(services, effect)).length;
    return { status: 200, body: { ...common, ...summaryOf(effect), sessions } };
  },
});

function summaryOf(effect: Effect) {
  const { people, deltas, affected, breaches, claims } = effect;
  const rows = affected.map(({ person, delta }) => ({ person, delta: deltas[delta] }));
  const conflicts = (kind: 'appear' | 'vanish') =>
    rows.flatMap(({ person, delta }) => (delta?.[kind] ?? []).map((separation) => ({ separation, person })));
  return {
    people,
    gaining: rows.filter(({ delta }) => (delta?.gains.length ?? 0) > 0).length,
    losing: rows.filter(({ delta }) => (delta?.losses.length ?? 0) > 0).length,
    conflicts: {
      appear: conflicts('appear'),
      vanish: conflicts('vanish'),
      stand: rows.reduce((sum, { delta }) => sum + (delta?.stand.length ?? 0), 0),
    },
    prevented: breaches
      .filter(({ mode }) => mode === 'prevent')
      .map(({ separation, person, from }) => ({ separation, person, from: iso(from) })),
    claims,
  };
}

const affectedPerson = named(
  'AffectedPerson',
  z.object({
    person: z.string(),
    personId: z.string(),
    name: z.string(),
    gains: z.array(permissionHeld),
    losses: z.array(permissionHeld),
    appear: z.array(z.string()).describe('Ids of separation rules'),
    vanish: z.array(z.string()),
  }),
);

const effects = route({
  method: 'GET',
  path: `${path}/effect`,
  summary: 'List who would gain and lose what by the draft',
  permission: 'hub:policy-read',
  query: z.strictObject(listQuery(['name', 'person'])),
  answers: { 200: { description: 'One row a person', schema: pageOf('AffectedPersonPage', affectedPerson) } },
  async handle({ services, query }) {
    const { text } = await policyDraft(services);
    const { effect, faults } = await previewPolicy(services, text);
    if (effect === undefined) throw new HubError('invalid', 'The draft has faults', { faults });
    const rows = effect.affected.flatMap(({ id, person, name, delta }) => {
      const { gains = [], losses = [], appear = [], vanish = [] } = effect.deltas[delta] ?? {};
      const quiet = gains.length + losses.length + appear.length + vanish.length === 0;
      return quiet ? [] : [{ person, personId: id, name, gains, losses, appear, vanish }];
    });
    return { status: 200, body: listOf(rows, query) };
  },
});

export const policyDraftRoutes: readonly Route[] = [show, put, discard, editItem, look, effects, rebase, publish];
