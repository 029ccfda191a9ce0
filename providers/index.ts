import type { SystemModule } from '#domain/providers/system-module.ts';
import { espocrm } from './systems/crm/espocrm.ts';
import { salesforce } from './systems/crm/salesforce.ts';
import { dolibarr } from './systems/erp/dolibarr.ts';
import { erpnext } from './systems/erp/erpnext.ts';
import { idempiere } from './systems/erp/idempiere.ts';
import { netsuite } from './systems/erp/netsuite.ts';
import { odoo } from './systems/erp/odoo.ts';
import { generic } from './systems/other/generic.ts';

/** Every product that a system may name as its `provider`. The composition root hands this list in. */
export const systemModules: readonly SystemModule[] = [
  generic,
  espocrm,
  salesforce,
  dolibarr,
  erpnext,
  idempiere,
  netsuite,
  odoo,
];
