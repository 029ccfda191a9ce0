/** Bringing a CRM's and an ERP's accounts together: one run, its files until they are matched, its proposals; and merges. */
import { z } from 'zod';
import { collection } from '../collection.ts';

const list = z.enum(['crm', 'erp', 'directory']);
const texts = z.record(z.string(), z.string());
/** A person's fields as `domain/people/fields.ts` has them. */
const fields = z.record(z.string(), z.unknown());

const fileSchema = z.object({
  name: z.string(),
  /** Bytes. */
  size: z.number(),
  /** Pieces in `unifyFiles`; they go once the rows are matched. */
  parts: z.number(),
  /** As it was read, or asked to be. */
  encoding: z.string().optional(),
  /** Columns told by hand: meaning -> title. */
  map: texts,
  rows: z.number().optional(),
});

export const unificationSchema = z.object({
  /** `mapping`: the files are here and nothing is matched; `matching`: proposals are being written; `ready`. */
  state: z.enum(['mapping', 'matching', 'ready']),
  /** The systems that the two files belong to. */
  systems: z.object({ crm: z.string(), erp: z.string() }),
  files: z.object({ crm: fileSchema, erp: fileSchema, directory: fileSchema.optional() }),
  /** Who says who works here: the hub's own people, a file, or nothing at all. */
  directory: z.enum(['hub', 'file', 'none']).optional(),
  /** How many of the hub's people the rows were matched with. */
  hubPeople: z.number().optional(),
  /** How people come in whom the directory does not have. */
  unknown: z.enum(['disabled', 'as-exported']).optional(),
  /** Whose value an attribute takes, the first that has one. */
  sources: z.array(list),
  by: z.string(),
  createdAt: z.number(),
  changedAt: z.number(),
});
export type UnificationRecord = z.infer<typeof unificationSchema>;
export const unifications = collection({
  name: 'unifications',
  life: 'kept',
  schemaVersion: 1,
  schema: unificationSchema,
  indexes: { createdAt: { fields: ['createdAt'] } },
});

export const unifyFileSchema = z.object({
  unification: z.string(),
  /** Base64. */
  bytes: z.string(),
});
/** Id: `<unification>:<list>:<number>`. */
export const unifyFiles = collection({
  name: 'unifyFiles',
  life: 'kept',
  schemaVersion: 1,
  schema: unifyFileSchema,
  indexes: { unification: { fields: ['unification'] } },
});

export const unifyJobSchema = z.object({
  kind: z.enum(['match', 'accept']),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  /** Raised each time somebody takes the job up; whoever took it up before writes nothing any more. */
  run: z.number(),
  /** Taken up so many times without getting on. */
  tries: z.number(),
  /** Who asked for it: in whose name, and with whose rights, it is done. */
  actor: z.object({ kind: z.enum(['person', 'system', 'hub', 'operator']), id: z.string().optional() }),
  session: z.string().optional(),
  request: z.string().optional(),
  /** Of accepting: which proposals, and why. */
  take: z.enum(['sure', 'alone']).optional(),
  reason: z.string().optional(),
  /** Proposals written or accepted; those that something stands in the way of; how many there are (0: not known yet). */
  done: z.number(),
  blocked: z.number(),
  total: z.number(),
  failure: z
    .object({
      code: z.string(),
      message: z.string(),
      faults: z.array(z.object({ path: z.string(), message: z.string() })),
    })
    .optional(),
  createdAt: z.number(),
  changedAt: z.number(),
});
export type UnifyJob = z.infer<typeof unifyJobSchema>;
/** Work on a unification that no request waits for. Id: the unification's, so that there is one at a time. */
export const unifyJobs = collection({
  name: 'unifyJobs',
  life: 'kept',
  schemaVersion: 1,
  schema: unifyJobSchema,
  indexes: { state: { fields: ['state'] } },
});

const rowSchema = z.object({
  list,
  /** Its place in its list. */
  at: z.number(),
  id: z.string(),
  line: z.number(),
  /** By meaning (`domain/unify/read/columns.ts`); a shared mailbox stands under `box` instead of `mail`. */
  cells: texts,
  /** The account that a row of the hub's own people is of. */
  person: z.string().optional(),
  /** A person's second account; its login is not the one to link. */
  second: z.literal(true).optional(),
});

export const proposalSchema = z.object({
  unification: z.string(),
  /**
   * `sure`: rows that are one person; `doubt`: two rows (with what is surely theirs) that may be; `alone`: a person's row
   * without another; `aside`: nobody's.
   */
  kind: z.enum(['sure', 'doubt', 'alone', 'aside']),
  /** `settled`: another decision took its rows. */
  state: z.enum(['open', 'accepted', 'rejected', 'settled', 'undone']),
  score: z.number(),
  reasons: z.array(z.string()),
  rows: z.array(rowSchema),
  /** `<list>:<at>` of the rows under the unification's id, to find what else is proposed for them. */
  rowKeys: z.array(z.string()),
  /** The two rows that a doubt is about, as keys. */
  pair: z.array(z.string()).optional(),
  /** Why it could not be accepted. */
  obstacle: z.object({ code: z.string(), values: texts }).optional(),
  decidedBy: z.string().optional(),
  decidedAt: z.number().optional(),
  reason: z.string().optional(),
  /** What accepting it did, for the page and for undoing it. */
  effect: z
    .object({
      person: z.string(),
      created: z.boolean(),
      before: fields.optional(),
      after: fields,
      /** Field -> list it came from. */
      taken: texts,
      links: z.array(z.object({ id: z.string(), list, system: z.string(), login: z.string(), made: z.boolean() })),
      /** The list whose rows keep the account when it is undone. */
      anchor: list,
      /** After undoing: accounts that were split off, and fields that were left since they had changed. */
      split: z.array(z.string()).optional(),
      kept: z.array(z.string()).optional(),
    })
    .optional(),
});
export type Proposal = z.infer<typeof proposalSchema>;
export type ProposalRow = z.infer<typeof rowSchema>;
/** Id: `<unification>:<kind>:<place>`, the best score first. */
export const proposals = collection({
  name: 'proposals',
  life: 'kept',
  schemaVersion: 1,
  schema: proposalSchema,
  indexes: {
    queue: { fields: ['unification', 'kind', 'state'] },
    rowKeys: { fields: ['rowKeys'] },
  },
});

export const mergeSchema = z.object({
  survivor: z.string(),
  gone: z.string(),
  state: z.enum(['merged', 'undone']),
  reason: z.string(),
  by: z.string(),
  at: z.number(),
  /** Fields of both before and after, so that undoing can tell what changed since. */
  before: z.object({ survivor: fields, gone: fields }),
  after: z.object({ survivor: fields, gone: fields }),
  /** Links that moved to the survivor. */
  links: z.array(z.object({ id: z.string(), system: z.string() })),
  /** Identities of sources that moved with them. */
  identities: z.array(z.string()).optional(),
  /** Single assignments that the survivor took over. */
  assignments: z.array(z.string()),
  /** After undoing: fields that were left as they are, since they had changed. */
  kept: z.array(z.string()).optional(),
});
export type Merge = z.infer<typeof mergeSchema>;
export const merges = collection({
  name: 'merges',
  life: 'kept',
  schemaVersion: 1,
  schema: mergeSchema,
  indexes: { survivor: { fields: ['survivor'] }, gone: { fields: ['gone'] } },
});
