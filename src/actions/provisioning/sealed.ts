import { isDeepStrictEqual } from 'node:util';
import {
  type ProvisioningSecret,
  type ProvisioningSettings,
  provisioningSecrets,
} from '#domain/provisioning/settings.ts';
import type { System } from '#storage/collections.ts';
import type { Services } from '../services.ts';

const purpose = 'provisioning';
type Secrets = Partial<Record<ProvisioningSecret, string>>;

export function isProvisioningSecret(name: string): name is ProvisioningSecret {
  return (provisioningSecrets as readonly string[]).includes(name);
}

/** How accounts are brought into a system, secrets opened; they leave this process only towards the product. */
export function openProvisioning(
  services: Pick<Services, 'seal'>,
  { provisioning, provisioningSealed }: Pick<System, 'provisioning' | 'provisioningSealed'>,
): ProvisioningSettings | undefined {
  if (provisioning === undefined) return undefined;
  const secrets = provisioningSealed === undefined ? {} : JSON.parse(services.seal.open(purpose, provisioningSealed));
  return { ...provisioning, ...(secrets as Secrets) };
}

/** The two fields of the record; secrets that did not change keep their sealed form. */
export function sealProvisioning(
  services: Pick<Services, 'seal'>,
  settings: ProvisioningSettings | undefined,
  before: Pick<System, 'provisioning' | 'provisioningSealed'> | undefined,
): Pick<System, 'provisioning' | 'provisioningSealed'> {
  if (settings === undefined) return {};
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  const secrets = Object.fromEntries(given.filter(([name]) => isProvisioningSecret(name)));
  const provisioning = Object.fromEntries(
    given.filter(([name]) => !isProvisioningSecret(name)),
  ) as System['provisioning'];
  if (Object.keys(secrets).length === 0) return { provisioning };
  const kept = before?.provisioningSealed;
  const same = kept !== undefined && isDeepStrictEqual(JSON.parse(services.seal.open(purpose, kept)), secrets);
  return { provisioning, provisioningSealed: same ? kept : services.seal.seal(purpose, JSON.stringify(secrets)) };
}
