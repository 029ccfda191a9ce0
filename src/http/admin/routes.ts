import { auditEventPage } from './audit/event.ts';
import { auditExport } from './audit/export.ts';
import { auditPage } from './audit/list.ts';
import { deliveriesPage } from './deliveries.ts';
import { keysPage, rotate } from './keys.ts';
import { overviewPage } from './overview.ts';
import { assign, disable, enable, endAllSessions, withdraw } from './people/acts.ts';
import { addPerson, addPersonPage } from './people/add.ts';
import { peoplePage } from './people/list.ts';
import { personPage } from './people/person.ts';
import { policyPage, policyVersionPage } from './policy.ts';
import type { AdminRoute } from './route.ts';
import { switchSystem, systemPage, systemsPage } from './systems.ts';

/** Every page and form of the console, and the permission it takes. */
export const adminRoutes: readonly AdminRoute[] = [
  { method: 'get', path: '/admin', permission: 'any', handler: overviewPage },
  { method: 'get', path: '/admin/people', permission: 'hub:people-read', handler: peoplePage },
  { method: 'post', path: '/admin/people', permission: 'hub:people-write', handler: addPerson },
  { method: 'get', path: '/admin/people/new', permission: 'hub:people-write', handler: addPersonPage },
  { method: 'get', path: '/admin/people/:id', permission: 'hub:people-read', handler: personPage },
  { method: 'post', path: '/admin/people/:id/disable', permission: 'hub:people-write', handler: disable },
  { method: 'post', path: '/admin/people/:id/enable', permission: 'hub:people-write', handler: enable },
  { method: 'post', path: '/admin/people/:id/end-sessions', permission: 'hub:sessions-end', handler: endAllSessions },
  // Which of the two kinds of role may be given is decided by the act itself.
  { method: 'post', path: '/admin/people/:id/roles', permission: 'hub:roles-assign', handler: assign },
  {
    method: 'post',
    path: '/admin/people/:id/roles/:assignment/withdraw',
    permission: 'hub:roles-assign',
    handler: withdraw,
  },
  { method: 'get', path: '/admin/systems', permission: 'hub:systems-read', handler: systemsPage },
  { method: 'get', path: '/admin/systems/:id', permission: 'hub:systems-read', handler: systemPage },
  { method: 'post', path: '/admin/systems/:id/disable', permission: 'hub:systems-write', handler: switchSystem(false) },
  { method: 'post', path: '/admin/systems/:id/enable', permission: 'hub:systems-write', handler: switchSystem(true) },
  { method: 'get', path: '/admin/policy', permission: 'hub:policy-read', handler: policyPage },
  { method: 'get', path: '/admin/policy/versions/:number', permission: 'hub:policy-read', handler: policyVersionPage },
  { method: 'get', path: '/admin/audit', permission: 'hub:audit-read', handler: auditPage },
  { method: 'get', path: '/admin/audit-export', permission: 'hub:audit-export', handler: auditExport },
  { method: 'get', path: '/admin/audit/:id', permission: 'hub:audit-read', handler: auditEventPage },
  { method: 'get', path: '/admin/deliveries', permission: 'hub:systems-read', handler: deliveriesPage },
  { method: 'get', path: '/admin/keys', permission: 'hub:keys-read', handler: keysPage },
  { method: 'post', path: '/admin/keys/rotate', permission: 'hub:keys-write', handler: rotate },
];
