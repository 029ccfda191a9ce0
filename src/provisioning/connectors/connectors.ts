import type { Connector, ConnectorSettings, Connectors } from '#actions/provisioning/port.ts';
import type { ConnectorName } from '#domain/provisioning/settings.ts';
import { openDolibarr } from './dolibarr.ts';
import { openErpNext } from './erpnext.ts';
import { openEspoCrm } from './espocrm.ts';
import { openOdoo } from './odoo.ts';
import { openScim } from './scim.ts';
import { openSuiteCrm } from './suitecrm.ts';
import { openTryton } from './tryton.ts';

const makers: Readonly<Record<ConnectorName, (settings: ConnectorSettings) => Connector>> = {
  scim: openScim,
  odoo: openOdoo,
  erpnext: openErpNext,
  dolibarr: openDolibarr,
  espocrm: openEspoCrm,
  suitecrm: openSuiteCrm,
  tryton: openTryton,
};

/** The connectors that the hub has; one file each beside this one. */
export function createConnectors(): Connectors {
  return { open: (settings) => makers[settings.connector](settings) };
}
