import { z } from 'zod';
import { exportFormat, exportPerson } from '#actions/people/data/export/export.ts';
import { dataReleases } from '#actions/people/data/releases.ts';
import { named } from '../../openapi/names.ts';
import { type Route, route } from '../../route.ts';
import { given, iso } from '../shared.ts';
import { findPerson } from './view.ts';

const source = z
  .enum([
    'name',
    'givenName',
    'familyName',
    'email',
    'emailVerified',
    'account',
    'username',
    'login',
    'link',
    'session',
    'rights',
    'native',
  ])
  .describe(
    'A field of the account, the login known there, the link (`sub`), the session, the policy, the product’s own words',
  );

const release = named(
  'DataRelease',
  z.object({
    system: z.string(),
    module: z.string().describe('The provider module that names the personal claims'),
    state: z.enum(['sent', 'ahead', 'stopped', 'none']).describe('`ahead`: at the first entry; `stopped`: sent before'),
    because: z.enum(['permissions', 'open']).optional(),
    firstParty: z.boolean().describe('Of others only what was agreed to is sent'),
    agreed: z.object({ at: z.string(), scopes: z.array(z.string()) }).optional(),
    since: z.string().describe('Since when there is a tie').optional(),
    claims: z.array(
      z.object({
        claim: z.string(),
        scope: z.string(),
        from: source,
        value: z.unknown().optional().describe('As it would be sent now'),
        lastSent: z.string().describe('As far as the record tells').optional(),
      }),
    ),
    delegated: z
      .array(z.object({ from: z.string(), permissions: z.array(z.string()), last: z.string().optional() }))
      .describe('Systems that may call this one in the person’s name'),
  }),
);

const releases = named(
  'DataReleases',
  z.object({
    person: z.string(),
    systems: z.array(release),
    readBackTo: z.string().describe('Sendings before this moment were not looked for').optional(),
  }),
);

const show = route({
  method: 'GET',
  path: '/people/{id}/data',
  summary: 'Show which system receives which attribute of a person, and why',
  permission: 'hub:people-read',
  departments: 'person',
  find: findPerson,
  answers: { 200: { description: 'Claim by claim, from the same access that tokens are made from', schema: releases } },
  async handle({ services, item }) {
    const { systems, readBackTo } = await dataReleases(services, item);
    const body = {
      person: item.id,
      systems: systems.map(({ since, agreed, claims, delegated, ...rest }) =>
        given({
          ...rest,
          since: since === undefined ? undefined : iso(since),
          agreed: agreed === undefined ? undefined : { at: iso(agreed.at), scopes: [...agreed.scopes] },
          claims: claims.map(({ lastSent, ...claim }) =>
            given({ ...claim, lastSent: lastSent === undefined ? undefined : iso(lastSent) }),
          ),
          delegated: delegated.map(({ last, ...one }) =>
            given({ ...one, last: last === undefined ? undefined : iso(last) }),
          ),
        }),
      ),
      ...(readBackTo === undefined ? {} : { readBackTo: iso(readBackTo) }),
    };
    return { status: 200, body };
  },
});

const list = (what: string) => z.array(z.record(z.string(), z.unknown())).describe(what);

/** What an export holds; tests read a real one by it. */
export const personExport = named(
  'PersonExport',
  z.strictObject({
    format: z.literal(exportFormat),
    issuer: z.string(),
    madeAt: z.string(),
    accounts: list('The account, then those that were merged into it'),
    links: list('Logins and `sub` in systems'),
    identities: list('Identities at upstream sources, with what they told last'),
    accountsInSystems: list('Accounts that connectors found or made in products'),
    provisionedBy: list('SCIM clients that created or linked the account, and what they sent'),
    assignments: list('Roles given singly'),
    credentials: list('Kinds, names and times; no secret, hash or key'),
    rememberedBrowsers: list('Browsers that are asked for no code'),
    sessions: list('Live sessions'),
    requests: list('Requests for roles, with decisions'),
    acceptedBreaches: list('Breaches of separation rules that were accepted'),
    reviews: list('What access reviews asked about the person’s roles, and what was decided'),
    merges: list('Accounts made one'),
    unifications: list('Rows of user exports that are the person’s'),
    letters: list('Mails to the person; what waiting ones say, without the address they lead to'),
    releases: list('As `people/{id}/data` has it'),
    events: list('The record, oldest first; other people stand as `another-person`'),
  }),
);

const exporting = route({
  method: 'GET',
  path: '/people/{id}/data/export',
  summary: 'Export everything about a person',
  description:
    'For a request under article 15 or 20 GDPR. Others stand as `another-person`. Leaves `audit.exported` with the person as its subject.',
  permission: 'hub:audit-export',
  find: findPerson,
  fresh: true,
  recorded: true,
  answers: { 200: { description: 'One document', schema: personExport, stream: ['application/json'] } },
  async handle({ services, origin, item }) {
    const content = await exportPerson(services, origin, item);
    return { status: 200, stream: { type: 'application/json', filename: `person-${item.id}.json`, content } };
  },
});

export const dataRoutes: readonly Route[] = [show, exporting];
