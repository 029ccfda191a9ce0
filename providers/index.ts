import type { SystemModule } from '#domain/providers/system-module.ts';
import { corteza } from './systems/crm/corteza.ts';
import { dynamics365 } from './systems/crm/dynamics-365.ts';
import { espocrm } from './systems/crm/espocrm.ts';
import { hubspot } from './systems/crm/hubspot.ts';
import { krayin } from './systems/crm/krayin.ts';
import { salesforce } from './systems/crm/salesforce.ts';
import { suitecrm7 } from './systems/crm/suitecrm-7.ts';
import { suitecrm8 } from './systems/crm/suitecrm-8.ts';
import { twenty } from './systems/crm/twenty.ts';
import { zoho } from './systems/crm/zoho.ts';
import { axelor } from './systems/erp/axelor.ts';
import { dolibarr } from './systems/erp/dolibarr.ts';
import { erpnext } from './systems/erp/erpnext.ts';
import { idempiere } from './systems/erp/idempiere.ts';
import { inventree } from './systems/erp/inventree.ts';
import { ledgersmb } from './systems/erp/ledgersmb.ts';
import { netsuite } from './systems/erp/netsuite.ts';
import { odoo } from './systems/erp/odoo.ts';
import { odooImplicit } from './systems/erp/odoo-implicit.ts';
import { oracleFusion } from './systems/erp/oracle-fusion.ts';
import { sap } from './systems/erp/sap.ts';
import { tryton } from './systems/erp/tryton.ts';
import { aspnetCore } from './systems/other/aspnet-core.ts';
import { generic } from './systems/other/generic.ts';
import { genericSaml } from './systems/other/generic-saml.ts';
import { nativeApp } from './systems/other/native-app.ts';
import { spa } from './systems/other/spa.ts';
import { spring } from './systems/other/spring.ts';

/** Every product that a system may name as its `provider`. The composition root hands this list in. */
export const systemModules: readonly SystemModule[] = [
  generic,
  genericSaml,
  aspnetCore,
  spring,
  spa,
  nativeApp,
  corteza,
  dynamics365,
  espocrm,
  hubspot,
  krayin,
  salesforce,
  suitecrm7,
  suitecrm8,
  twenty,
  zoho,
  axelor,
  dolibarr,
  erpnext,
  idempiere,
  inventree,
  ledgersmb,
  netsuite,
  odoo,
  odooImplicit,
  oracleFusion,
  sap,
  tryton,
];
