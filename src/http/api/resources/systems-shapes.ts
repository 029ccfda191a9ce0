import { z } from 'zod';
import type { Services } from '#actions/services.ts';
import { getSystem, systemView } from '#actions/systems/list.ts';
import { provisioningBody } from '#settings/provisioning.ts';
import { systemShape } from '#settings/system.ts';
import type { Stored } from '#storage/collection.ts';
import { type System, systemSchema } from '#storage/collections.ts';
import { named } from '../openapi/names.ts';
import type { Look } from '../route.ts';
import { iso } from './shared.ts';

/** A file of this machine is nothing for an API to read. */
const { clientSecretFile: _, provisioning: _provisioning, ...given } = systemShape;
const shape = { ...given, provisioning: provisioningBody.optional() };
const { id: _id, title, side, ...optional } = shape;

/** Shown with their defaults filled in (`domain/systems/protocol.ts`). */
const rules = { pkce: true, implicit: true, dpop: true, profile: true, protocol: true } as const;

export const system = named(
  'System',
  systemSchema
    .omit({
      clientSecretSealed: true,
      previousSecretSealed: true,
      previousSecretUntil: true,
      provisioningSealed: true,
      audience: true,
      createdAt: true,
      changedAt: true,
    })
    .required(rules)
    .extend({
      id: z.string(),
      version: z.int(),
      hasSecret: z.boolean().describe('Secrets that came in never come out'),
      warnings: z
        .array(z.object({ rule: z.enum(['no-pkce', 'response-type-token']), because: z.string() }))
        .describe("Exceptions from the hub's rules that this system uses"),
      previousSecretUntil: z.string().describe('Until when the secret before the last rotation is good').optional(),
      createdAt: z.string(),
      changedAt: z.string(),
    }),
);

/** With `url`, or without any address to return to, what is left out comes from the product's module, `id` and secret too. */
export const newSystem = named(
  'NewSystem',
  z.strictObject({
    ...shape,
    id: shape.id.optional().describe('Default: made of the title, where the module’s template is used'),
    side: shape.side.optional().describe('Default: where the product is usually used'),
    url: z
      .string()
      .describe('Where the product opens; its module’s client template fills in what is left out')
      .optional(),
    clientSecret: shape.clientSecret.describe(
      'Write only; left out with a template: the hub makes one and answers it once',
    ),
  }),
);

/** RFC 7396: null takes an optional value away, so that the default holds again. */
export const systemPatch = named(
  'SystemPatch',
  z.strictObject({
    title: title.optional(),
    side: side.optional(),
    enabled: z.boolean().optional(),
    ...(Object.fromEntries(Object.entries(optional).map(([name, schema]) => [name, schema.nullable()])) as {
      [K in keyof typeof optional]: z.ZodNullable<(typeof optional)[K]>;
    }),
  }),
);

export function shown(services: Services, record: Stored<System>) {
  const { previousSecretUntil: until, ...rest } = systemView(services, record);
  return {
    ...rest,
    ...(until === undefined ? {} : { previousSecretUntil: iso(until) }),
    createdAt: iso(record.createdAt),
    changedAt: iso(record.changedAt),
  };
}

export const find = ({ services, params }: Look) => getSystem(services, params.id ?? '');

export const guideLines = z
  .array(named('GuideLine', z.object({ step: z.string(), field: z.string(), value: z.string() })))
  .describe('What to type into the product, in order');

/** A system with what is shown only in this answer. */
export const connected = named(
  'ConnectedSystem',
  system.extend({
    secret: z.string().describe('The client secret that the hub made; never shown again').optional(),
    guide: guideLines,
  }),
);
