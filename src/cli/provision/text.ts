import type { ShownPlan } from '#actions/provisioning/shown.ts';
import type { Progress } from './wait.ts';

type Kind = 'plan' | 'drift' | 'applied';

/** A plan, a drift or what came of it, one line an account. */
export function planText(plan: ShownPlan & Partial<Progress>, kind: Kind): string {
  const line = (word: string, login: string, person: string | undefined, rest = '') =>
    `${word.padEnd(10)} ${login.padEnd(24)} ${person ?? ''}${rest === '' ? '' : `  ${rest}`}`.trimEnd();
  const roles = (add: readonly string[], remove: readonly string[], profile?: string) =>
    [
      ...add.map((name) => `+${name}`),
      ...remove.map((name) => `-${name}`),
      ...(profile ? [`profile ${profile}`] : []),
    ].join(', ');
  const { create, link, change, disable, unmanaged, missing, faults, same } = plan;
  return [
    ...create.map((one) => line('create', one.login, one.person, roles(one.add, [], one.profile))),
    ...link.map((one) => line('link', one.login, one.person)),
    ...change.map((one) =>
      line(one.enable ? 'enable' : 'change', one.login, one.person, roles(one.add, one.remove, one.profile)),
    ),
    ...disable.map((one) => line('disable', one.login, one.person)),
    ...missing.map((one) => line('missing', one.login, one.person, 'has no account there')),
    ...unmanaged.map((one) => line('unmanaged', one.login, undefined, one.active ? '' : 'inactive')),
    ...faults.map((one) => line('fault', one.login ?? '', one.person, one.message)),
    `${create.length} to create, ${link.length} to link, ${change.length} to change, ${disable.length} to disable; ` +
      `${same} as they should be, ${missing.length} without an account, ${unmanaged.length} unmanaged, ${faults.length} faults`,
    ...(kind === 'applied' ? [outcome(plan)] : []),
  ].join('\n');
}

function outcome({ waiting = 0, failed = 0, away }: Partial<Progress>): string {
  if (away !== undefined) return `The product ${away}. ${waiting} accounts wait; the hub goes on trying for 24 hours.`;
  if (waiting + failed === 0) return 'Done, and read again in the product.';
  return `${waiting} wait after a refused attempt and are tried again for 24 hours; ${failed} were given up.`;
}
