import { z } from 'zod';
import { requireReach } from '#actions/people/rights.ts';
import { textFields } from '#domain/people/fields.ts';
import type { Stored } from '#storage/collection.ts';
import { type Person, people } from '#storage/collections.ts';
import { named } from '../../openapi/names.ts';
import type { Look } from '../../route.ts';
import { found, iso } from '../shared.ts';

const attributes = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const status = z.enum(['active', 'disabled']);

/** The text fields of a person, each as the given schema. */
function texts<S extends z.ZodType>(schema: S) {
  return Object.fromEntries(textFields.map((field) => [field, schema])) as Record<(typeof textFields)[number], S>;
}

export const person = named(
  'Person',
  z.object({
    id: z.string(),
    version: z.int(),
    ...texts(z.string().optional()),
    name: z.string(),
    emailVerified: z.boolean(),
    status,
    attributes: attributes.describe('Further attributes, as the rules of the policy see them'),
    createdAt: z.string(),
    changedAt: z.string(),
  }),
);

export const newPerson = named(
  'NewPerson',
  z
    .strictObject({
      ...texts(z.string().optional()),
      emailVerified: z.boolean().optional(),
      status: status.optional(),
      attributes: attributes.optional(),
      password: z.string().max(4096).describe('Write only').optional(),
      passwordHash: z
        .string()
        .max(4096)
        .describe('Write only; of another product: argon2, bcrypt, pbkdf2, scrypt as PHC strings, or {SSHA}')
        .optional(),
    })
    .describe('At least an e-mail or a username'),
);

export const personPatch = named(
  'PersonPatch',
  z.strictObject({
    ...texts(z.string().nullable().optional()),
    emailVerified: z.boolean().optional(),
    status: status.optional(),
    attributes: z.record(z.string(), z.union([z.string(), z.array(z.string()), z.null()])).optional(),
  }),
);

export function shown(record: Stored<Person>) {
  return { ...record, createdAt: iso(record.createdAt), changedAt: iso(record.changedAt) };
}

/** For `find` of everything below people/{id}. @throws HubError not-found */
export async function findPerson({ services, params }: Look): Promise<Stored<Person>> {
  return found(await services.store.get(people, params.id ?? ''));
}

/** The same for what touches an account: nobody reaches somebody with rights in the hub that they do not hold (contract.md, "Who may do what in the hub"). */
export async function findReachable(look: Look): Promise<Stored<Person>> {
  const person = await findPerson(look);
  await requireReach(look.services, look.caller.origin, person);
  return person;
}
