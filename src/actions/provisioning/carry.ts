import type { Account, AccountChange } from '#domain/provisioning/account.ts';
import { firstRoles, isDifferent, type Plan, resultOf, type Step } from '#domain/provisioning/plan.ts';
import type { Stored } from '#storage/collection.ts';
import { type ProvisionDelivery, provisioningStates } from '#storage/collections.ts';
import type { Services } from '../services.ts';
import { planFor } from './plan.ts';
import { type Connector, ConnectorFault } from './port.ts';
import { readAccounts, readAgain } from './read.ts';
import { type Outcome, settle } from './settle.ts';
import type { Target } from './target.ts';
import { wantedOfSome } from './wanted.ts';

/** People whose accounts are written, read again and put on record together. */
const together = 2000;
const usualParallel = 8;

/**
 * Carries deliveries of one system: reads the accounts, works out what is to be done now, does it, reads again, and puts on record what
 * was found. What a run has done that died half-way is found done by the next.
 * @param held asked before each act: another process may have taken over
 * @throws ConnectorFault when the product itself fails; deliveries that were not completed by then stay in the outbox
 */
export async function carry(
  services: Services,
  target: Target,
  connector: Connector,
  deliveries: readonly Stored<ProvisionDelivery>[],
  held: () => boolean,
): Promise<void> {
  const persons = deliveries.flatMap(({ person }) => person ?? []);
  const there = await wantedOfSome(services, target, persons);
  const state = await services.store.engine.get(provisioningStates, target.system.id);
  const { accounts } = await readAccounts(connector, there.wanted, state?.accounts);
  const plan = planFor(target, there, accounts, await connector.roles());
  const todo = stepsOf(plan);
  const byPerson = new Map(deliveries.map((delivery) => [delivery.person ?? '', delivery]));
  const known = Math.max(accounts.length, state?.accounts ?? 0);

  for (let at = 0; at < deliveries.length && held(); at += together) {
    const chunk = deliveries.slice(at, at + together);
    const outcomes = new Map<string, Outcome>();
    const touched = new Map<string, string>();
    const steps = chunk.flatMap(({ person = '' }) => todo.get(person) ?? []);
    const away = await inParallel(steps, target.settings.parallel ?? usualParallel, async (step) => {
      if (!held()) return;
      try {
        touched.set(step.wanted.person, await act(target, connector, step));
      } catch (fault) {
        if (!(fault instanceof ConnectorFault) || fault.code !== 'refused') throw fault;
        outcomes.set(step.wanted.person, { error: fault.message });
      }
    });
    await prove(target, connector, { there, touched, outcomes, known }).catch((fault: unknown) => {
      // What was done is found done at the next attempt.
      throw away ?? fault;
    });
    for (const [person, outcome] of standing(plan, byPerson)) if (!outcomes.has(person)) outcomes.set(person, outcome);
    const settled = chunk.filter(({ person = '' }) => outcomes.has(person));
    await settle(services, target, settled, there, outcomes);
    if (away !== undefined) throw away;
  }
}

/** Who has something to be done, by person. */
function stepsOf(plan: Plan): ReadonlyMap<string, Step> {
  const steps = [...plan.create, ...plan.disable, ...plan.change];
  return new Map(steps.map((step) => [step.wanted.person, step]));
}

/** Whose delivery needs no act: as it should be, no account that could be made, a fault that a person has to settle. */
function* standing(plan: Plan, asked: ReadonlyMap<string, unknown>): Generator<[string, Outcome]> {
  for (const { wanted, message } of plan.faults) if (wanted !== undefined) yield [wanted.person, { error: message }];
  for (const { wanted, account } of plan.same)
    if (account !== undefined) yield [wanted.person, { account, done: false }];
  for (const { person } of plan.missing) yield [person, { absent: true }];
  const busy = new Set([...plan.create, ...plan.disable, ...plan.change].map(({ wanted }) => wanted.person));
  for (const person of asked.keys()) if (!busy.has(person)) yield [person, { absent: true }];
}

/** @returns the id of the account */
async function act({ how }: Target, connector: Connector, step: Step): Promise<string> {
  const { wanted, account } = step;
  if (account === undefined) {
    const { login, person, name, givenName, familyName, email } = wanted;
    return connector.create({
      login,
      externalId: person,
      name,
      givenName,
      familyName,
      email,
      ...firstRoles(how, step),
    });
  }
  await connector.change(account, changeOf(step));
  return account.id;
}

function changeOf(step: Step): AccountChange {
  const { wanted, account, add, remove, profile } = step;
  const roles = add.length + remove.length === 0 ? undefined : { add, remove, result: resultOf(step) };
  const active = account?.active === wanted.active ? undefined : wanted.active;
  return {
    ...(active === undefined ? {} : { active }),
    ...(roles === undefined ? {} : { roles }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** Reads again who was touched, and compares with the policy once more: only what the product says counts. */
async function prove(
  target: Target,
  connector: Connector,
  run: {
    readonly there: Awaited<ReturnType<typeof wantedOfSome>>;
    readonly touched: ReadonlyMap<string, string>;
    readonly outcomes: Map<string, Outcome>;
    readonly known: number;
  },
): Promise<void> {
  if (run.touched.size === 0) return;
  const now = await readAgain(connector, [...run.touched.values()], run.known + run.touched.size);
  const wanted = run.there.wanted
    .filter(({ person }) => run.touched.has(person))
    .map((one) => ({ ...one, account: run.touched.get(one.person) }));
  const left = planFor(target, { wanted }, [...now.values()], undefined);
  const open = new Map([...left.change, ...left.disable].map((step) => [step.wanted.person, step]));
  for (const { person } of wanted) {
    const account: Account | undefined = now.get(run.touched.get(person) ?? '');
    const step = open.get(person);
    if (account === undefined) run.outcomes.set(person, { error: 'the account is not found after the act' });
    else if (step !== undefined)
      run.outcomes.set(person, { error: `is not as asked after the act: ${differs(step)}`, account });
    else run.outcomes.set(person, { account, done: true });
  }
}

function differs(step: Step): string {
  const { add, remove, profile, account, wanted } = step;
  return [
    ...(add.length > 0 ? [`lacks ${add.join(', ')}`] : []),
    ...(remove.length > 0 ? [`still has ${remove.join(', ')}`] : []),
    ...(profile === undefined ? [] : [`profile is not ${profile}`]),
    ...(account?.active === wanted.active || isDifferent(step) === false ? [] : [`active is ${account?.active}`]),
  ].join('; ');
}

/** @returns the product's own fault, after which nothing more is begun */
async function inParallel<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>): Promise<unknown> {
  let at = 0;
  let failed: unknown;
  const lane = async (): Promise<void> => {
    for (let item = items[at++]; item !== undefined && failed === undefined; item = items[at++]) {
      try {
        await work(item);
      } catch (fault) {
        failed ??= fault;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  return failed;
}
