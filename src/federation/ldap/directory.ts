import { createHash } from 'node:crypto';
import {
  type Bound,
  type Directories,
  type DirectoryEntry,
  type DirectorySettings,
  DirectoryTrouble,
  type Found,
} from '#actions/directories/port.ts';
import { diagnosticTrouble } from '#domain/ldap/account-state.ts';
import { filledFilter } from '#domain/ldap/filter.ts';
import type { Clock } from '#platform/clock.ts';
import { Connection } from './connection.ts';
import { attributesToRead, isInPieces, readEntry } from './entry.ts';
import { groupsOf, type Seen, TooManyGroups } from './groups.ts';
import { Pool } from './pool.ts';
import { search, searchPages } from './search.ts';

/** What a bind answers to a wrong password (RFC 4511, appendix A). */
const invalidCredentials = 49;
/** Accounts that the directory does not let bind at all, and policies that refuse: no password is right there. */
const otherRefusals = new Set([48, 50, 53, 19]);

/** Entries that a look at a directory asks for. */
const mostProbed = 100;

interface Pools {
  /** Bound as the service account. */
  readonly searching: Pool;
  /** Bound as whoever was tried last; nothing else is ever asked there. */
  readonly proving: Pool;
}

/** The directories of this process, over connections of ldapts that are shared by all requests. */
export function createDirectories({ clock }: { readonly clock: Clock }): Directories {
  const pools = new Map<string, { readonly print: string; readonly pools: Pools }>();

  function poolsOf(directory: DirectorySettings): Pools {
    const print = createHash('sha256').update(JSON.stringify(directory)).digest('base64url');
    const known = pools.get(directory.id);
    if (known?.print === print) return known.pools;
    // Its settings were changed: what is under way ends as it began.
    known?.pools.searching.close();
    known?.pools.proving.close();
    const made = {
      searching: new Pool(directory, () => openForSearch(directory)),
      proving: new Pool(directory, () => Connection.open(directory)),
    };
    pools.set(directory.id, { print, pools: made });
    return made;
  }

  const readable = (directory: DirectorySettings, entry: Parameters<typeof readEntry>[1]) => {
    const read = readEntry(directory, entry, clock.now());
    const inPart = directory.groups.by === 'memberOf' && isInPieces(entry, 'memberOf');
    return read === undefined || !inPart ? read : { ...read, groupsInPart: true as const };
  };

  /** @param seen what is above groups that were looked at before, for many people in a row */
  async function grouped(directory: DirectorySettings, entry: DirectoryEntry, seen?: Seen): Promise<DirectoryEntry> {
    if (directory.groups.by === 'none' || entry.groupsInPart === true) return entry;
    try {
      const memberOf = await poolsOf(directory).searching.use((connection) =>
        groupsOf(directory, connection, entry, seen),
      );
      return { ...entry, attributes: { ...entry.attributes, memberOf } };
    } catch (fault) {
      if (!(fault instanceof TooManyGroups)) throw fault;
      return { ...entry, groupsInPart: true };
    }
  }

  return {
    async find(directory, login): Promise<Found> {
      const { attributes, binary } = attributesToRead(directory);
      const filter = filledFilter(directory.filter, '{login}', login);
      const entries = await poolsOf(directory).searching.use((connection) =>
        search(connection, directory.base, { scope: 'sub', filter, attributes, binary, atMost: 2 }),
      );
      const [first, ...more] = entries;
      if (first === undefined) return { outcome: 'none' };
      if (more.length > 0) return { outcome: 'several', count: entries.length };
      const entry = readable(directory, first);
      return entry === undefined ? { outcome: 'nameless' } : { outcome: 'one', entry };
    },

    async bind(directory, entry, password): Promise<Bound> {
      // A bind with a name and no password succeeds on many servers, as nobody (RFC 4513, 5.1.2).
      if (password === '' || entry.dn === '') return { outcome: 'wrong' };
      return poolsOf(directory).proving.use(async (connection): Promise<Bound> => {
        try {
          await connection.ask('searching', (client) => client.bind(entry.dn, password), isRefusal);
        } catch (fault) {
          if (!isRefusal(fault)) throw fault;
          const trouble = diagnosticTrouble((fault as Error).message);
          if (trouble === undefined) return { outcome: 'wrong' };
          // A lock is told before the password is looked at, everything else only after.
          return { outcome: 'refused', trouble, proved: trouble !== 'directory-locked' };
        }
        if (entry.trouble !== undefined) return { outcome: 'refused', trouble: entry.trouble, proved: true };
        return { outcome: 'right' };
      });
    },

    withGroups: (directory, entry) => grouped(directory, entry),

    async *walk(directory): AsyncGenerator<readonly DirectoryEntry[]> {
      const { attributes, binary } = attributesToRead(directory);
      const seen: Seen = new Map();
      // A connection of its own: a walk takes long, and the cookie between its pages belongs to it.
      const connection = await openForSearch(directory);
      try {
        const question = {
          scope: 'sub',
          filter: directory.everybody,
          attributes,
          binary,
          pageSize: directory.pageSize,
        } as const;
        for await (const page of searchPages(connection, directory.base, question)) {
          const entries = page.map((entry) => readable(directory, entry)).filter((entry) => entry !== undefined);
          const whole: DirectoryEntry[] = [];
          for (const entry of entries) whole.push(await grouped(directory, entry, seen));
          yield whole;
        }
      } finally {
        connection.close();
      }
    },

    async probe(directory) {
      const entries = await poolsOf(directory).searching.use((connection) =>
        search(connection, directory.base, {
          scope: 'sub',
          filter: directory.everybody,
          attributes: [directory.subject],
          atMost: mostProbed,
        }),
      );
      return { found: entries.length, more: entries.length >= mostProbed };
    },

    async close() {
      for (const { searching, proving } of [...pools.values()].map((one) => one.pools)) {
        searching.close();
        proving.close();
      }
      pools.clear();
    },
  };
}

async function openForSearch(directory: DirectorySettings): Promise<Connection> {
  const connection = await Connection.open(directory);
  const { bindDn, bindPassword } = directory;
  if (bindDn === undefined) return connection;
  if (bindPassword === undefined || bindPassword === '') {
    connection.close();
    throw new DirectoryTrouble('service-bind', 'bindDn has no bindPassword');
  }
  try {
    await connection.ask('service-bind', (client) => client.bind(bindDn, bindPassword));
  } catch (fault) {
    connection.close();
    throw fault;
  }
  return connection;
}

function isRefusal(fault: unknown): boolean {
  const { code } = fault as { code?: unknown };
  return code === invalidCredentials || (typeof code === 'number' && otherRefusals.has(code));
}
