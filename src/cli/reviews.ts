import type { Command } from 'commander';
import { everyRecord } from '#actions/access/reading.ts';
import { personLabel } from '#actions/access/subject.ts';
import { closeReview } from '#actions/reviews/close.ts';
import { countsOf, type ReviewCounts, totalOf } from '#actions/reviews/list.ts';
import { checkReview, type NewReview, openReview } from '#actions/reviews/open.ts';
import { previewReview } from '#actions/reviews/preview.ts';
import { reviewReport } from '#actions/reviews/report.ts';
import { reviewSettled } from '#actions/reviews/wait.ts';
import type { Services } from '#actions/services.ts';
import { endOfDay } from '#domain/days.ts';
import { HubError } from '#domain/errors.ts';
import type { Stored } from '#storage/collection.ts';
import { people, type Review, type ReviewScope, reviews } from '#storage/collections.ts';
import { type CommandIo, type CommonOptions, WrongUse } from './io.ts';
import { operatorOrigin } from './operator.ts';
import { personNamed, withHub } from './people/person.ts';

interface OpenOptions extends CommonOptions {
  readonly title: string;
  readonly fallback: string;
  readonly due: string;
  readonly department?: string;
  readonly system?: string;
  readonly role?: string;
  readonly permission?: string;
  readonly conflicts?: true;
  readonly managers: boolean;
  readonly owner: readonly string[];
  readonly reviewer?: string;
  readonly withdraw?: true;
  readonly preview?: true;
}

/** `reviews list|open|show|close`. */
export function reviewsCommands(program: Command, io: CommandIo): void {
  const group = program.command('reviews').description('access reviews: who still needs what they have');

  group
    .command('list')
    .description('every review, and how far it is')
    .action((options: CommonOptions) =>
      withHub(io, async (services) => {
        const all = await Array.fromAsync(everyRecord(services.store, reviews));
        const items = await Promise.all(all.map((one) => described(services, one)));
        io.out(options, { items }, () => items.map(({ line }) => line).join('\n') || 'No review so far.');
      }),
    );

  group
    .command('open')
    .description('begin a review; without a scope it asks about everything that active people have')
    .requiredOption('--title <text>', 'its name; reviewers read it')
    .requiredOption('--fallback <person>', 'who decides what nobody else may')
    .requiredOption('--due <day>', 'its last day, YYYY-MM-DD')
    .option('--department <name>', 'only people of this department')
    .option('--system <id>', 'only roles that open this system; with --permission: where')
    .option('--role <id>', 'only this role, also as a part of others')
    .option('--permission <domain:action>', 'only what gives this permission in --system')
    .option('--conflicts', 'only what takes part in conflicts that nobody accepted')
    .option('--no-managers', 'do not ask the managers first')
    .option(
      '--owner <role=person>',
      'who owns a role; may be repeated',
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .option('--reviewer <person>', 'asked where there is no manager and no owner')
    .option('--withdraw', 'withdraw what nobody decided; by default it stays')
    .option('--preview', 'only tell what it would ask, and whom')
    .action((options: OpenOptions) => withHub(io, (services) => open(services, io, options)));

  group
    .command('show')
    .description('one review; --csv prints its report')
    .argument('<review>', 'its id')
    .option('--csv', 'the report: a line for each item')
    .action((id: string, options: CommonOptions & { csv?: true }) =>
      withHub(io, async (services) => {
        const review = await reviewOf(services, id);
        if (options.csv === true) {
          const parts = await Array.fromAsync(reviewReport(services, review));
          return io.out(options, { csv: parts.join('') }, parts.join('').trimEnd());
        }
        const shown = await described(services, review);
        io.out(options, shown, () => `${shown.line}\n${countLines(shown.counts)}`);
      }),
    );

  group
    .command('close')
    .description('end a review before its day')
    .argument('<review>', 'its id')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--withdraw', 'withdraw what nobody decided; by default it stays')
    .action((id: string, options: CommonOptions & { reason: string; withdraw?: true }) =>
      withHub(io, async (services) => {
        const undecided = options.withdraw === true ? 'withdraw' : 'keep';
        await closeReview(services, operatorOrigin(), id, { undecided, reason: options.reason });
        const shown = await described(services, await reviewSettled(services, id));
        io.out(options, shown, () => `${shown.line}\n${countLines(shown.counts)}`);
      }),
    );
}

async function open(services: Services, io: CommandIo, options: OpenOptions): Promise<void> {
  const given = await newReview(services, options);
  if (options.preview === true) {
    await checkReview(services, given);
    const { reviewers, ...rest } = await previewReview(services, given);
    const named = await Promise.all(
      reviewers.map(async ({ person, items }) => {
        const record = await services.store.get(people, person);
        return { person: record === undefined ? person : personLabel(record), items };
      }),
    );
    return io.out(options, { ...rest, reviewers: named }, () =>
      [
        `${rest.items} roles of ${rest.people} people, ${rest.byRule} of them given by rules, ${rest.nobody} without a reviewer`,
        ...named.map(({ person, items }) => `${person}  ${items}`),
      ].join('\n'),
    );
  }
  const { id } = await openReview(services, operatorOrigin(), given);
  const shown = await described(services, await reviewSettled(services, id));
  io.out(options, shown, () => `${shown.line}\n${countLines(shown.counts)}`);
}

async function newReview(services: Services, options: OpenOptions): Promise<NewReview> {
  const { title, due, fallback, reviewer, managers } = options;
  const owners = await Promise.all(
    options.owner.map(async (one) => {
      const at = one.indexOf('=');
      if (at < 1) throw new WrongUse(`--owner ${one}: write role=person`);
      return { role: one.slice(0, at), person: (await personNamed(services, one.slice(at + 1))).id };
    }),
  );
  return {
    ...{ title, scope: scopeOf(options), undecided: options.withdraw === true ? 'withdraw' : 'keep' },
    due: endOfDay(due, services.settings.timeZone, 'due') ?? 0,
    reviewers: {
      ...{ managers, owners },
      ...(reviewer === undefined ? {} : { named: (await personNamed(services, reviewer)).id }),
      fallback: (await personNamed(services, fallback)).id,
    },
  };
}

/** @throws WrongUse for two scopes at once */
function scopeOf({ department, system, role, permission, conflicts }: OpenOptions): ReviewScope {
  const named = [department, role, permission ?? system, conflicts].filter((one) => one !== undefined);
  if (named.length > 1)
    throw new WrongUse('Name one scope: --department, --role, --system, --permission or --conflicts');
  if (department !== undefined) return { kind: 'department', department };
  if (role !== undefined) return { kind: 'role', role };
  if (permission !== undefined) {
    if (system === undefined) throw new WrongUse('--permission takes --system');
    return { kind: 'permission', system, permission };
  }
  if (system !== undefined) return { kind: 'system', system };
  return { kind: conflicts === true ? 'conflicts' : 'everybody' };
}

/** @throws HubError `not-found` */
async function reviewOf({ store }: Services, id: string): Promise<Stored<Review>> {
  const review = await store.get(reviews, id);
  if (review === undefined) throw new HubError('not-found', `There is no review ${id}`);
  return review;
}

async function described(services: Services, review: Stored<Review>) {
  const counts: Partial<ReviewCounts> = review.counts ?? (await countsOf(services, review.id));
  const total = totalOf(counts);
  const { open = 0, undecided = 0, lapsed = 0 } = counts;
  const decided = total - open - undecided - lapsed;
  const { id, title, state } = review;
  const due = new Date(review.due).toISOString();
  const line = `${id}  ${state.padEnd(7)}  ${decided}/${total} decided, until ${due}  ${title}`;
  return { id, title, state, due, counts, line };
}

function countLines(counts: Partial<ReviewCounts>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `  ${state.padEnd(9)} ${count}`)
    .join('\n');
}
