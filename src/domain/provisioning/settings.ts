import { parseDuration } from '../duration.ts';
import type { FieldFault } from '../errors.ts';
import type { ReconcileMode, SystemModule } from '../providers/system-module.ts';
import { webAddressFault } from '../systems/addresses.ts';

export const connectorNames = ['scim', 'odoo', 'erpnext', 'dolibarr', 'espocrm', 'suitecrm', 'tryton'] as const;
export type ConnectorName = (typeof connectorNames)[number];

/** Go in, are sealed, and never come out. */
export const provisioningSecrets = ['password', 'token', 'apiKey', 'apiSecret', 'clientSecret'] as const;
export type ProvisioningSecret = (typeof provisioningSecrets)[number];

/** How accounts and roles are brought into a system (contract.md, "Provisioning to systems"). */
export interface ProvisioningSettings {
  readonly connector: ConnectorName;
  /** Where the product's API is. */
  readonly url: string;
  /** `preview`: plans and drift only; nothing is written in the product. */
  readonly mode: 'off' | 'preview' | 'on';
  /** `link-only`: accounts that are there are brought in line, none is made. */
  readonly accounts: 'create' | 'link-only';
  /** Default: the module's usual mode. */
  readonly roles?: ReconcileMode | undefined;
  readonly database?: string | undefined;
  readonly login?: string | undefined;
  readonly clientId?: string | undefined;
  /** scim: how the product deviates from RFC 7644. */
  readonly dialect?: 'rfc' | 'salesforce' | 'hubspot' | undefined;
  /** odoo: `jsonrpc` to version 18, `json2` from 19; default `jsonrpc`. */
  readonly api?: 'jsonrpc' | 'json2' | undefined;
  /** tryton: native roles are its groups, or the roles of its module user_role; default `groups`. */
  readonly grants?: 'groups' | 'roles' | undefined;
  /** How often drift is looked for, such as `1h`; `0s`: never by itself. */
  readonly check?: string | undefined;
  /** Requests at the same time; default 8. */
  readonly parallel?: number | undefined;
  /** Requests a second at most; default: as many as the product takes. */
  readonly rate?: number | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly apiSecret?: string | undefined;
  readonly clientSecret?: string | undefined;
}

type Key = keyof ProvisioningSettings;
/** As read, before defaults. */
export type ProvisioningGiven = { readonly [K in Key]?: ProvisioningSettings[K] | undefined };

/** What each connector cannot do without. */
export const connectorNeeds: Readonly<Record<ConnectorName, readonly Key[]>> = {
  scim: ['token'],
  odoo: ['database', 'login', 'apiKey'],
  erpnext: ['apiKey', 'apiSecret'],
  dolibarr: ['apiKey'],
  espocrm: ['apiKey'],
  suitecrm: ['clientId', 'clientSecret'],
  tryton: ['database', 'login', 'password'],
};

/** What is wrong in `provisioning`; paths start with it. Missing parts are judged only where the connector is known. */
export function provisioningFaults(given: ProvisioningGiven | undefined): FieldFault[] {
  if (given === undefined) return [];
  const faults: FieldFault[] = [];
  const { connector, url } = given;
  const wrong = url === undefined ? undefined : webAddressFault(url);
  if (wrong !== undefined) faults.push({ path: 'provisioning.url', message: wrong });
  for (const key of connector === undefined ? [] : connectorNeeds[connector]) {
    if (given[key] !== undefined) continue;
    const secret = (provisioningSecrets as readonly string[]).includes(key);
    const file = secret ? ` (${key}File names a file that holds it)` : '';
    faults.push({ path: `provisioning.${key}`, message: `is missing; connector ${connector} needs it${file}` });
  }
  if (given.check !== undefined && parseDuration(given.check) === undefined) {
    faults.push({ path: 'provisioning.check', message: 'is no duration; write it like 15m or 1h' });
  }
  return faults;
}

/** Ways in which native roles can be brought in line by a connector: those of the module, and where it names none, both plain ones. */
export function provisioningModes(
  { connector }: Pick<ProvisioningSettings, 'connector'>,
  { reconcile }: Pick<SystemModule, 'reconcile'>,
): readonly [ReconcileMode, ...ReconcileMode[]] {
  // Its API gives groups and takes none away.
  if (connector === 'dolibarr') return ['add-only'];
  return reconcile ?? ['replace', 'add-only'];
}

/** What the settings ask of a module that cannot do it. */
export function provisioningModeFaults(
  settings: Pick<ProvisioningSettings, 'roles' | 'connector'>,
  module: Pick<SystemModule, 'reconcile' | 'title'>,
): FieldFault[] {
  const { roles } = settings;
  const possible = provisioningModes(settings, module);
  if (roles === undefined || possible.includes(roles)) return [];
  return [
    {
      path: 'provisioning.roles',
      message: `is not possible with ${module.title}; write one of ${possible.join(', ')}`,
    },
  ];
}
