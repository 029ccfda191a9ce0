import { HubError } from '#domain/errors.ts';
import { committedSystems } from '../access/reading.ts';
import type { Services } from '../services.ts';
import { policyInForce } from './in-force.ts';
import type { Holder } from './what-if/question.ts';
import { askEverybody, type SweepOptions } from './what-if/run.ts';

/** Who holds one permission in one system, and through which roles somebody can come to it. */
export interface Holders {
  readonly system: string;
  readonly permission: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly policy: number;
  /** By name. */
  readonly people: readonly Holder[];
  /** The roles that grant it themselves. */
  readonly roles: readonly string[];
}

/**
 * "Who can do this there?" at an instant. @param options.at default now
 * @throws HubError `not-found` for a system that is not there, `invalid` for a permission that the policy does not declare
 */
export async function whoCan(
  services: Services,
  permission: string,
  system: string,
  options: { readonly at?: number | undefined } & Pick<SweepOptions, 'onProgress'> = {},
): Promise<Holders> {
  const { number, text, compiled } = await policyInForce(services);
  const at = options.at ?? services.clock.now();
  const { domains, roles } = compiled.document;
  if (!(await committedSystems(services.store)).some(({ id }) => id === system)) {
    throw new HubError('not-found', `There is no system "${system}"`);
  }
  const [domain = '', action = ''] = permission.split(':');
  if (!domains.get(domain)?.actions.includes(action)) {
    const message = 'is no permission of the policy; write <domain>:<action> as declared there';
    throw new HubError('invalid', undefined, { faults: [{ path: 'permission', message }] });
  }
  const question = { kind: 'holders', policy: text === '' ? null : text, at, system, permission } as const;
  const people = await askEverybody(services, question, { ...options, compiled: new Map([[text, compiled]]) });
  const granting = [...roles].filter(([, { grants }]) => grants.get(system)?.includes(permission));
  return {
    system,
    permission,
    at,
    policy: number,
    people: [...people].sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)),
    roles: granting.map(([id]) => id).sort(),
  };
}
