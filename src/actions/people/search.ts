import { fold } from '#domain/people/folding.ts';
import { type Person, people } from '#storage/collections.ts';
import type { Page, Test } from '#storage/port.ts';
import { scan } from '../scan.ts';
import type { Services } from '../services.ts';

export interface PeopleQuery {
  /** Beginnings of words of names, e-mail, username and employee number; all of them must be found. */
  readonly q?: string;
  readonly status?: 'active' | 'disabled';
  readonly department?: string;
  readonly sort?: 'name' | '-name' | 'createdAt' | '-createdAt';
  /** 1 to 200; default 50. */
  readonly limit?: number;
  readonly cursor?: string;
  /** People of these departments alone. */
  readonly within?: readonly string[] | undefined;
}

/** Ids are ordered by time of making. */
const sorts = { name: 'sortName', '-name': '-sortName', createdAt: 'id', '-createdAt': '-id' } as const;

/**
 * One page of people. The longest word is looked up in the index, further words are compared with what that finds, so a page
 * may be shorter than asked for while more follow.
 */
export async function searchPeople({ store }: Services, asked: PeopleQuery): Promise<Page<Person>> {
  const { q = '', status, department, sort = 'name', limit = 50, cursor, within } = asked;
  const words = fold(q)
    .split(/\s+/)
    .filter((word) => word !== '')
    .sort((a, b) => b.length - a.length);
  const [longest, ...others] = words;
  const where: Record<string, Test> = {};
  if (longest !== undefined) where.searchTerms = { prefix: longest };
  if (status !== undefined) where.status = status;
  if (department !== undefined) where.department = department;
  if (within !== undefined) {
    const departments = department === undefined ? within : within.filter((one) => one === department);
    if (departments.length === 0) return { items: [], next: null };
    where.department = { in: departments };
  }
  const fits = ({ searchTerms }: Person) => others.every((word) => searchTerms.some((term) => term.startsWith(word)));
  const query = { where, sort: sorts[sort] };
  return scan(
    limit,
    cursor,
    (most, from) => store.find(people, { ...query, limit: most, ...(from === undefined ? {} : { cursor: from }) }),
    fits,
  );
}
