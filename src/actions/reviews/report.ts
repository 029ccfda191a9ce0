import { setImmediate } from 'node:timers/promises';
import { neutralCell } from '#domain/people/csv/formula.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type Review, systems } from '#storage/collections.ts';
import { named } from '../named.ts';
import type { Services } from '../services.ts';
import { itemsPage, type ReviewRow, rowsOf } from './rows.ts';

const heading = [
  ...['name', 'login', 'department', 'role', 'grants', 'given_by', 'given_at', 'given_reason', 'rules', 'last_used'],
  ...['not_used_since', 'conflicts', 'reviewer', 'state', 'decided_by', 'decided_at', 'reason'],
];
const page = 200;

/** The result of a review as CSV, a page of items at a time; cells that a spreadsheet would take for a formula are neutral. */
export async function* reviewReport(services: Services, review: Stored<Review>): AsyncGenerator<string> {
  yield line(heading);
  const nameOf = namer(services);
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const { items, next } = await itemsPage(services, review.id, { limit: page, ...(cursor ? { cursor } : {}) });
    const lines = await Promise.all(
      (await rowsOf(services, items)).map(async (row) => line(await cellsOf(row, nameOf))),
    );
    yield lines.join('');
    // The embedded store answers at once: everybody else gets a turn between the pages.
    await setImmediate();
    cursor = next;
  }
}

async function cellsOf(
  { item, holder, live, used }: ReviewRow,
  nameOf: (by: string) => Promise<string>,
): Promise<string[]> {
  const { person } = holder ?? {};
  const { taken, decision } = item;
  const source = live?.assignment ?? taken;
  const grants = [...(live?.gives ?? [])].map(([system, permissions]) => `${system}: ${permissions.join(' ')}`);
  return [
    ...[person?.name ?? item.person, person?.email ?? person?.username ?? '', person?.department ?? ''],
    ...[item.role, grants.join('; ')],
    ...(source === undefined ? ['', '', ''] : [await nameOf(source.by), iso(source.at), source.reason]),
    (live?.rules ?? []).map((rule) => `line ${rule.line}`).join('; '),
    ...[iso(used?.at), used === undefined || used.at !== undefined ? '' : iso(used.since)],
    (live?.conflicts ?? []).map(({ id }) => id).join('; '),
    item.reviewer === '' ? '' : await nameOf(`person:${item.reviewer}`),
    ...[item.state, decision === undefined ? '' : await nameOf(decision.by), iso(decision?.at), decision?.reason ?? ''],
  ];
}

function iso(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString();
}

function line(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

function cell(value: string): string {
  const neutral = neutralCell(value);
  return /[",\r\n]/.test(neutral) ? `"${neutral.replaceAll('"', '""')}"` : neutral;
}

/** Whoever records name as `person:<id>` and the like; each is asked for once. */
function namer({ store }: Services): (by: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  const ask = async (by: string): Promise<string> => {
    const [kind, id = ''] = by.split(':', 2);
    if (kind === 'system') return (await store.get(systems, id))?.title ?? id;
    const person = kind === 'person' ? await store.get(people, id) : undefined;
    return person === undefined ? by : named(person);
  };
  return (by) => {
    const answer = known.get(by) ?? ask(by);
    known.set(by, answer);
    return answer;
  };
}
