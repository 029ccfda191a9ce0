/** People, the roles given to them singly and their logins in other systems. */
import { z } from 'zod';
import { collection } from '../collection.ts';

const attribute = z.union([z.string(), z.array(z.string())]);

export const personSchema = z.object({
  email: z.string().optional(),
  emailVerified: z.boolean(),
  username: z.string().optional(),
  /** Folded e-mail and username: one namespace, so nobody's username is another's e-mail. */
  logins: z.array(z.string()),
  name: z.string(),
  /** Nobody told the name; it was made of the other fields, and the policy's rules see none. */
  nameDerived: z.literal(true).optional(),
  givenName: z.string().optional(),
  familyName: z.string().optional(),
  department: z.string().optional(),
  jobTitle: z.string().optional(),
  country: z.string().optional(),
  manager: z.string().optional(),
  employeeNumber: z.string().optional(),
  /** YYYY-MM-DD, the company's time zone. */
  lastDay: z.string().optional(),
  /** The end of the last day of somebody active, in ms: from then on nothing is theirs, whatever the status says still. */
  leavesAt: z.number().optional(),
  /** How often everything of theirs was ended; what was begun before an ending counts no more, not even after it was undone. */
  endings: z.number().optional(),
  /** How often the e-mail address changed, or a password was chosen by a mailed link; what was mailed or shown before counts no more. */
  addresses: z.number().optional(),
  /** When the address was set, in ms. */
  addressSince: z.number().optional(),
  /** A source brought the address and does not vouch for it, and its owner has not come yet (`actions/recovery/unproved.ts`). */
  addressUnvouched: z.boolean().optional(),
  status: z.enum(['active', 'disabled']),
  /** Further columns, as the policy's rules see them. */
  attributes: z.record(z.string(), attribute),
  /** Folded words of names, logins and employee number, for search by prefix. */
  searchTerms: z.array(z.string()),
  /** Folded name, for sorting. */
  sortName: z.string(),
  createdAt: z.number(),
  changedAt: z.number(),
});
export type Person = z.infer<typeof personSchema>;
export const people = collection({
  name: 'people',
  life: 'kept',
  // 2: a hub that does not know `leavesAt` would let people in after their last day. 3: one that does not know `addresses` would
  // take links that were mailed to an address before.
  schemaVersion: 3,
  schema: personSchema,
  indexes: {
    logins: { fields: ['logins'], unique: true },
    employeeNumber: { fields: ['employeeNumber'], unique: true },
    searchTerms: { fields: ['searchTerms'] },
    sortName: { fields: ['sortName'] },
    department: { fields: ['department'] },
    status: { fields: ['status'] },
    leavesAt: { fields: ['leavesAt'] },
  },
});

export const assignmentSchema = z.object({
  person: z.string(),
  role: z.string(),
  /** Milliseconds; from inclusive, until exclusive. */
  from: z.number().optional(),
  until: z.number().optional(),
  /** A role of the hub that holds over the people of these departments alone. */
  departments: z.array(z.string()).optional(),
  reason: z.string(),
  /** Who assigned it: `person:<id>`, `operator`, `system:<id>`. */
  by: z.string(),
  at: z.number(),
  /** When its end was put on record; what has ended gives nothing whether this is set or not. */
  expired: z.number().optional(),
});
export type Assignment = z.infer<typeof assignmentSchema>;
export const assignments = collection({
  name: 'assignments',
  life: 'kept',
  // 3: a hub that does not know `departments` would take a limited role for a whole one.
  schemaVersion: 3,
  schema: assignmentSchema,
  indexes: { person: { fields: ['person'] }, role: { fields: ['role'] }, until: { fields: ['until'] } },
});

export const linkSchema = z.object({
  person: z.string(),
  system: z.string(),
  /** The login that this system knows the person by; sent as preferred_username. */
  login: z.string().optional(),
  /** Made with the link, never changed, never reused. */
  sub: z.string(),
  createdAt: z.number(),
});
export type Link = z.infer<typeof linkSchema>;
export const links = collection({
  name: 'links',
  life: 'kept',
  schemaVersion: 1,
  schema: linkSchema,
  indexes: {
    person: { fields: ['person'] },
    personSystem: { fields: ['person', 'system'], unique: true },
    systemSub: { fields: ['system', 'sub'], unique: true },
    systemLogin: { fields: ['system', 'login'], unique: true },
  },
});
