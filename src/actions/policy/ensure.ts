import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Origin } from '#domain/audit/event.ts';
import type { Services } from '../services.ts';
import { policyInForce } from './in-force.ts';
import { publishPolicy } from './publish.ts';

const defaultPolicy = fileURLToPath(new URL('../../../config/roles.yaml', import.meta.url));
const origin: Origin = { actor: { kind: 'hub' } };

/**
 * At each start: an empty store gets the policy of the configuration, or the default one; with `policyMode: file` a changed
 * file becomes the next version. Nothing else touches a policy that is there.
 * @throws HubError `invalid` or SeparationBreached, naming the file; the hub then does not start.
 */
export async function ensurePolicy(services: Services): Promise<void> {
  const { settings } = services;
  const { number } = await policyInForce(services);
  const fileRules = settings.policyMode === 'file' && settings.policy !== undefined;
  if (number > 0 && !fileRules) return;
  if (settings.policy === undefined) {
    // The default names the systems `crm` and `erp`; in a hub with others it grants nothing there, which is no fault.
    await publishPolicy(services, origin, {
      text: await readFile(defaultPolicy, 'utf8'),
      reason: 'default policy',
      systems: [],
      overBudget: true,
    });
    return;
  }
  const text = await readFile(settings.policy, 'utf8');
  // A hub that does not start helps nobody: what is too large for a system is told by doctor.
  await publishPolicy(services, origin, { text, reason: `configuration: ${settings.policy}`, overBudget: true });
}
