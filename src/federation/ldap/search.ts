import type { Entry } from 'ldapts';
import type { Connection } from './connection.ts';

export interface Search {
  readonly scope: 'base' | 'sub';
  readonly filter: string;
  readonly attributes: readonly string[];
  /** Attributes that are bytes. */
  readonly binary?: readonly string[];
  /** Ask a page at a time (RFC 2696); undefined: at once. */
  readonly pageSize?: number | undefined;
  /** At most so many entries; more are not an error. */
  readonly atMost?: number;
  /** `none`: an entry to begin with that is not there gives nothing, instead of a fault. */
  readonly nothingThere?: 'none';
}

const noSuchObject = 32;
/** Seconds that the directory may work on it. */
const timeLimit = 10;

/** Searches; references to other directories are not followed. @throws DirectoryTrouble */
export async function search(connection: Connection, base: string, question: Search): Promise<Entry[]> {
  try {
    const options = optionsOf(question);
    const answer = await connection.ask('searching', (client) => client.search(base, options), isMissing(question));
    return answer.searchEntries;
  } catch (fault) {
    if (isMissing(question)(fault)) return [];
    throw fault;
  }
}

/** The same page by page, each with a deadline of its own. */
export async function* searchPages(
  connection: Connection,
  base: string,
  question: Search & { readonly pageSize: number },
): AsyncGenerator<Entry[]> {
  const pages = await connection.ask('searching', async (client) => client.searchPaginated(base, optionsOf(question)));
  for (;;) {
    const page = await connection.ask('searching', () => pages.next());
    if (page.done === true) return;
    yield page.value.searchEntries;
  }
}

function optionsOf({ scope, filter, attributes, binary, pageSize, atMost }: Search) {
  return {
    scope,
    filter,
    derefAliases: 'never' as const,
    attributes: [...attributes],
    explicitBufferAttributes: [...(binary ?? [])],
    timeLimit,
    ...(pageSize === undefined ? {} : { paged: { pageSize } }),
    ...(atMost === undefined ? {} : { sizeLimit: atMost }),
  };
}

const isMissing =
  (question: Search) =>
  (fault: unknown): boolean =>
    question.nothingThere === 'none' && (fault as { code?: unknown }).code === noSuchObject;
