import { effectiveAccess } from '#actions/access/effective.ts';
import { findByLogin } from '#actions/people/find.ts';
import { policyInForce } from '#actions/policy/in-force.ts';
import type { Services } from '#actions/services.ts';

/** What somebody may do, computed by the hub itself, as lines for the terminal. */
export interface PersonalRights {
  readonly name: string;
  readonly jobTitle: string;
  readonly lines: readonly string[];
}

/** @throws Error when the store has nobody with this e-mail: it was filled by something else */
export async function rightsOf(services: Services, email: string): Promise<PersonalRights> {
  const person = await findByLogin(services, email);
  if (person === undefined) throw new Error(`nobody has the e-mail ${email}; start with: npm run demo -- --reset`);
  const access = await effectiveAccess(services, person);
  const { domains } = (await policyInForce(services)).compiled.document;
  const lines: string[] = [];
  for (const { id, title, open } of services.settings.systems) {
    const permissions = access.systems.get(id)?.permissions ?? [];
    const none = open ? 'may enter, without permissions of its own' : 'no access';
    lines.push(`${title}: ${permissions.length === 0 ? none : inWords(permissions, domains)}`);
  }
  if (access.hub.size > 0) lines.push(`Hub: administers it (${access.hub.size} rights)`);
  return { name: person.name, jobTitle: person.jobTitle ?? '', lines };
}

/** `order:read`, `order:write`, `visit:read` as "orders (read, write), visits (read)". */
function inWords(permissions: readonly string[], domains: ReadonlyMap<string, { readonly title: string }>): string {
  const byDomain = Map.groupBy(permissions, (permission) => permission.split(':', 1)[0] ?? '');
  const words = [...byDomain].map(([domain, held]) => {
    const title = (domains.get(domain)?.title ?? domain).toLowerCase();
    return `${title} (${held.map((permission) => permission.split(':')[1]).join(', ')})`;
  });
  return words.join(', ');
}
