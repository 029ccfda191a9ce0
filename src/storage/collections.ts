/** The hub's state: every collection is declared once, in one of these files, and listed here. */

import {
  breakGlass,
  breakGlassCodes,
  breakGlassUses,
  credentials,
  factorGraces,
  passkeyChallenges,
  recoveryCodes,
  rememberedDevices,
  signInSteps,
} from './collections/credentials.ts';
import { acceptances, accessRequests } from './collections/governance.ts';
import { importPieces, importPreviews } from './collections/imports.ts';
import { keys, personKeys } from './collections/keys.ts';
import { assignments, links, people } from './collections/people.ts';
import { policyDrafts, policyVersions } from './collections/policy.ts';
import {
  accessTokens,
  authorizationCodes,
  clientCredentials,
  deviceCodes,
  grants,
  interactions,
  pushedRequests,
  refreshTokens,
  replayMarks,
  sessions,
} from './collections/protocol.ts';
import { provisionedAccounts, provisioningStates } from './collections/provisioning.ts';
import { reviewItems, reviews, reviewTasks } from './collections/reviews.ts';
import { scimCalls, scimGroups, scimMembers, scimTokens, scimUsers } from './collections/scim.ts';
import { sourceVisits } from './collections/source-visits.ts';
import { identities, sources } from './collections/sources.ts';
import { systems } from './collections/systems.ts';
import { merges, proposals, unifications, unifyFiles, unifyJobs } from './collections/unify.ts';
import { leases, meta, oneTimeLinks, outbox, throttles } from './collections/upkeep.ts';

export * from './collections/credentials.ts';
export * from './collections/governance.ts';
export * from './collections/imports.ts';
export * from './collections/keys.ts';
export * from './collections/people.ts';
export * from './collections/policy.ts';
export * from './collections/protocol.ts';
export * from './collections/provisioning.ts';
export * from './collections/reviews.ts';
export * from './collections/scim.ts';
export * from './collections/source-visits.ts';
export * from './collections/sources.ts';
export * from './collections/systems.ts';
export * from './collections/unify.ts';
export * from './collections/upkeep.ts';

/** Everything, for the engines, copies and backups. */
export const allCollections = [
  breakGlass,
  breakGlassCodes,
  breakGlassUses,
  people,
  credentials,
  recoveryCodes,
  rememberedDevices,
  factorGraces,
  assignments,
  links,
  systems,
  provisionedAccounts,
  provisioningStates,
  sources,
  identities,
  scimUsers,
  scimGroups,
  scimMembers,
  scimTokens,
  scimCalls,
  policyVersions,
  policyDrafts,
  acceptances,
  accessRequests,
  reviews,
  reviewItems,
  reviewTasks,
  unifications,
  unifyFiles,
  unifyJobs,
  proposals,
  merges,
  keys,
  personKeys,
  outbox,
  meta,
  throttles,
  leases,
  oneTimeLinks,
  importPreviews,
  importPieces,
  signInSteps,
  passkeyChallenges,
  sourceVisits,
  sessions,
  interactions,
  grants,
  authorizationCodes,
  accessTokens,
  refreshTokens,
  clientCredentials,
  deviceCodes,
  pushedRequests,
  replayMarks,
] as const;
