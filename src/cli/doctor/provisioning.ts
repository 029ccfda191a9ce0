import { isAlarming, provisioningAlarms } from '#actions/provisioning/alarms.ts';
import type { Services } from '#actions/services.ts';
import { systemDirectory } from '#actions/systems/directory.ts';
import { provisioningModeFaults } from '#domain/provisioning/settings.ts';
import { type Finding, good, warning } from './finding.ts';

/** Are accounts carried into every product that they should be, and do they stand there as the policy says? */
export async function provisioningFindings(services: Services): Promise<Finding[]> {
  const found: Finding[] = [];
  const { byId } = await systemDirectory(services);
  for (const alarm of await provisioningAlarms(services)) {
    const { system, mode, drifted, failed, waiting, fault } = alarm;
    const say = (detail: string, remedy: string) => found.push(warning('provisioning', `${system}: ${detail}`, remedy));
    if (fault !== undefined) say(`the product ${fault}`, `npm run hub -- provision plan ${system}`);
    if (failed > 0) say(`${failed} accounts were given up after 24 hours`, `npm run hub -- provision apply ${system}`);
    if (drifted > 0) say(`${drifted} accounts differ from the policy`, `npm run hub -- provision drift ${system}`);
    const module = services.modules.get(byId.get(system)?.provider ?? '');
    const settings = byId.get(system)?.provisioning;
    for (const { path, message } of module && settings ? provisioningModeFaults(settings, module) : [])
      say(`${path} ${message}`, 'correct the settings of the system');
    if (!isAlarming(alarm)) {
      const doing = mode === 'on' ? `${waiting} accounts to be carried` : 'preview: nothing is written';
      found.push(good('provisioning', `${system}: ${doing}`));
    }
  }
  return found;
}
