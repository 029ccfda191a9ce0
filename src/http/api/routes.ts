import { auditRoutes } from './resources/audit.ts';
import { deliveryRoutes } from './resources/deliveries.ts';
import type { Route } from './route.ts';

/** Every route of the REST API. The guard serves it, the description shows it, the table of routes and roles tests it. */
export const apiRoutes: readonly Route[] = [...auditRoutes, ...deliveryRoutes];
