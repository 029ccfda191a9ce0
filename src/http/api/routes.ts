import { auditRoutes } from './resources/audit.ts';
import { breakGlassRoutes } from './resources/break-glass.ts';
import { conflictRoutes } from './resources/conflicts.ts';
import { deliveryRoutes } from './resources/deliveries.ts';
import { keyRoutes } from './resources/keys.ts';
import { accessRoutes } from './resources/people/access.ts';
import { credentialRoutes } from './resources/people/credentials.ts';
import { dataRoutes } from './resources/people/data.ts';
import { eraseRoutes } from './resources/people/erase.ts';
import { historyRoutes } from './resources/people/history.ts';
import { importRoutes } from './resources/people/import.ts';
import { importPreviewRoutes } from './resources/people/import-previews.ts';
import { inviteRoutes } from './resources/people/invite.ts';
import { leavingRoutes } from './resources/people/leaving.ts';
import { linkRoutes } from './resources/people/links.ts';
import { mergeRoutes } from './resources/people/merge.ts';
import { personRoutes } from './resources/people/people.ts';
import { roleRoutes } from './resources/people/roles.ts';
import { sessionRoutes } from './resources/people/sessions.ts';
import { policyRoutes } from './resources/policy.ts';
import { policyDraftRoutes } from './resources/policy-draft.ts';
import { policyQuestionRoutes } from './resources/policy-questions.ts';
import { provisioningRoutes } from './resources/provisioning.ts';
import { requestRoutes } from './resources/requests.ts';
import { reviewRoutes } from './resources/reviews.ts';
import { scimRoutes } from './resources/scim.ts';
import { sourceSyncRoutes } from './resources/source-sync.ts';
import { sourceRoutes } from './resources/sources.ts';
import { systemRoutes } from './resources/systems.ts';
import { systemActRoutes } from './resources/systems-acts.ts';
import { proposalRoutes } from './resources/unify/proposals.ts';
import { reportRoutes } from './resources/unify/report.ts';
import { unifyRoutes } from './resources/unify/unify.ts';
import type { Route } from './route.ts';

/** Every route of the REST API. The guard serves it, the description shows it, the table of routes and roles tests it. */
export const apiRoutes: readonly Route[] = [
  ...personRoutes,
  ...importRoutes,
  ...eraseRoutes,
  ...historyRoutes,
  ...leavingRoutes,
  ...importPreviewRoutes,
  ...linkRoutes,
  ...roleRoutes,
  ...inviteRoutes,
  ...sessionRoutes,
  ...credentialRoutes,
  ...accessRoutes,
  ...dataRoutes,
  ...mergeRoutes,
  ...requestRoutes,
  ...reviewRoutes,
  ...unifyRoutes,
  ...proposalRoutes,
  ...reportRoutes,
  ...systemRoutes,
  ...systemActRoutes,
  ...scimRoutes,
  ...provisioningRoutes,
  ...sourceRoutes,
  ...sourceSyncRoutes,
  ...policyRoutes,
  ...conflictRoutes,
  ...policyDraftRoutes,
  ...policyQuestionRoutes,
  ...auditRoutes,
  ...keyRoutes,
  ...breakGlassRoutes,
  ...deliveryRoutes,
];
