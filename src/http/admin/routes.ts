import { auditEventPage } from './audit/event.ts';
import { auditExport } from './audit/export.ts';
import { auditPage } from './audit/list.ts';
import { acknowledge, breakGlassPage } from './break-glass.ts';
import { acceptPost, conflictPage, conflictsPage, revokePost } from './conflicts.ts';
import { deliveriesPage } from './deliveries.ts';
import { keysPage, rotate } from './keys.ts';
import { overviewPage } from './overview.ts';
import { assign, disable, enable, endAllSessions, mailLink, resetMfa, withdraw } from './people/acts.ts';
import { addPerson, addPersonPage } from './people/add.ts';
import { dataExport, dataPage } from './people/data.ts';
import { erase, erasePage } from './people/erase.ts';
import { historyPage } from './people/history.ts';
import { applyPeople, importPage, importPreviewPage, previewAgain, previewPeople } from './people/import.ts';
import { leave, leavingPage } from './people/leaving.ts';
import { peoplePage } from './people/list.ts';
import { personPage } from './people/person.ts';
import { comparePage, discard, publish, rebase, rollback, rollbackPage } from './policy/acts.ts';
import { delegationPage, delegationPost } from './policy/delegation.ts';
import { documentPage, documentPost } from './policy/document.ts';
import { draftContentPage, draftEffectCsv, draftPage } from './policy/draft.ts';
import { policyPage, policyVersionPage } from './policy/in-force.ts';
import { matrixCsv, matrixPage } from './policy/matrix.ts';
import { rolePage, rolePost } from './policy/role.ts';
import { rulePage, rulePost } from './policy/rule.ts';
import { separationPage, separationPost } from './policy/separation.ts';
import { whoPage } from './policy/who.ts';
import { decideRequest, requestsPage } from './requests.ts';
import { closePost, decidePost, undoPost } from './reviews/acts.ts';
import { reviewsPage } from './reviews/list.ts';
import { beginReview, newReviewPage } from './reviews/new.ts';
import { accessReviewPage, reviewCsv } from './reviews/one.ts';
import type { AdminRoute } from './route.ts';
import { issuePost, revokePost as revokeScimPost, scimPage } from './scim.ts';
import { removePost, switchSource } from './sources/acts.ts';
import { changeSourcePage, newSourcePage, sourcePost } from './sources/form.ts';
import { sourcesPage } from './sources/list.ts';
import { sourcePage, tryPost } from './sources/source.ts';
import { syncPage, syncPost } from './sources/sync.ts';
import { accountsPage, accountsPost } from './systems/accounts.ts';
import {
  duplicatePage,
  duplicatePost,
  removePage as removeSystemPage,
  removePost as removeSystemPost,
  rotatePage,
  rotatePost,
} from './systems/acts.ts';
import { changePage, changePost } from './systems/change.ts';
import { guidePage } from './systems/guide.ts';
import { systemHistoryPage } from './systems/history.ts';
import { newSystemPage, newSystemPost } from './systems/new.ts';
import { switchSystem, systemPage, systemsPage } from './systems/overview.ts';
import { testPage, testPost } from './systems/test.ts';
import { decideMany, doubtsPage } from './unify/doubts.ts';
import { joinAccounts, mergePage, unjoinAccounts } from './unify/merge.ts';
import { reportPage } from './unify/report.ts';
import { decide, proposalsPage, reviewPage, undo } from './unify/review.ts';
import { acceptRun, matchRun, removeRun, runPage } from './unify/run.ts';
import { startUnify, unifyPage } from './unify/start.ts';

/** A form of the draft: its page and what takes it. Roles and documents are long, so they come as multipart. */
function policyForm(part: string, page: AdminRoute['handler'], post: AdminRoute['handler']): AdminRoute[] {
  const path = `/admin/policy/draft/${part}`;
  return [
    { method: 'get', path, permission: 'hub:policy-write', handler: page },
    { method: 'post', path, permission: 'hub:policy-write', upload: true, handler: post },
  ];
}

/** Every page and form of the console, and the permission it takes. */
export const adminRoutes: readonly AdminRoute[] = [
  { method: 'get', path: '/admin', permission: 'any', departments: 'narrowed', handler: overviewPage },
  { method: 'get', path: '/admin/break-glass', permission: 'any', departments: 'narrowed', handler: breakGlassPage },
  {
    method: 'post',
    path: '/admin/break-glass/:use/acknowledge',
    permission: 'hub:hub-roles-assign',
    handler: acknowledge,
  },
  { method: 'get', path: '/admin/people', permission: 'hub:people-read', departments: 'narrowed', handler: peoplePage },
  {
    method: 'post',
    path: '/admin/people',
    permission: 'hub:people-write',
    departments: 'narrowed',
    handler: addPerson,
  },
  {
    method: 'get',
    path: '/admin/people/import',
    permission: 'hub:people-write',
    departments: 'narrowed',
    handler: importPage,
  },
  {
    method: 'post',
    path: '/admin/people/import',
    permission: 'hub:people-write',
    departments: 'narrowed',
    files: true,
    handler: previewPeople,
  },
  {
    method: 'get',
    path: '/admin/people/import/:id',
    permission: 'hub:people-write',
    departments: 'narrowed',
    handler: importPreviewPage,
  },
  {
    method: 'post',
    path: '/admin/people/import/:id/apply',
    permission: 'hub:people-write',
    departments: 'narrowed',
    handler: applyPeople,
  },
  {
    method: 'post',
    path: '/admin/people/import/:id/again',
    permission: 'hub:people-write',
    departments: 'narrowed',
    handler: previewAgain,
  },
  {
    method: 'get',
    path: '/admin/people/new',
    permission: 'hub:people-write',
    departments: 'narrowed',
    handler: addPersonPage,
  },
  {
    method: 'get',
    path: '/admin/people/:id',
    permission: 'hub:people-read',
    departments: 'person',
    handler: personPage,
  },
  {
    method: 'get',
    path: '/admin/people/:id/data',
    permission: 'hub:people-read',
    departments: 'person',
    handler: dataPage,
  },
  { method: 'get', path: '/admin/people/:id/data/export', permission: 'hub:audit-export', handler: dataExport },
  {
    method: 'post',
    path: '/admin/people/:id/disable',
    permission: 'hub:people-write',
    departments: 'person',
    handler: disable,
  },
  {
    method: 'post',
    path: '/admin/people/:id/enable',
    permission: 'hub:people-write',
    departments: 'person',
    handler: enable,
  },
  {
    method: 'post',
    path: '/admin/people/:id/mail-link',
    permission: 'hub:password-reset',
    departments: 'person',
    handler: mailLink,
  },
  {
    method: 'post',
    path: '/admin/people/:id/end-sessions',
    permission: 'hub:sessions-end',
    departments: 'person',
    handler: endAllSessions,
  },
  {
    method: 'post',
    path: '/admin/people/:id/reset-factors',
    permission: 'hub:password-reset',
    departments: 'person',
    handler: resetMfa,
  },
  // Which of the two kinds of role may be given is decided by the act itself.
  {
    method: 'post',
    path: '/admin/people/:id/roles',
    permission: 'hub:roles-assign',
    departments: 'person',
    handler: assign,
  },
  {
    method: 'post',
    path: '/admin/people/:id/roles/:assignment/withdraw',
    permission: 'hub:roles-assign',
    departments: 'person',
    handler: withdraw,
  },
  {
    method: 'get',
    path: '/admin/people/:id/history',
    permission: 'hub:people-write',
    departments: 'person',
    handler: historyPage,
  },
  {
    method: 'post',
    path: '/admin/people/:id/leaving',
    permission: 'hub:people-write',
    departments: 'person',
    handler: leave,
  },
  {
    method: 'get',
    path: '/admin/people/:id/leaving',
    permission: 'hub:people-read',
    departments: 'person',
    handler: leavingPage,
  },
  {
    method: 'get',
    path: '/admin/people/:id/erase',
    permission: 'hub:people-write',
    departments: 'person',
    handler: erasePage,
  },
  {
    method: 'post',
    path: '/admin/people/:id/erase',
    permission: 'hub:people-write',
    departments: 'person',
    handler: erase,
  },
  { method: 'get', path: '/admin/people/:id/merge', permission: 'hub:people-write', handler: mergePage },
  { method: 'post', path: '/admin/people/:id/merge', permission: 'hub:people-write', handler: joinAccounts },
  {
    method: 'post',
    path: '/admin/people/:id/merges/:merge/undo',
    permission: 'hub:people-write',
    handler: unjoinAccounts,
  },
  { method: 'get', path: '/admin/unify', permission: 'hub:people-read', handler: unifyPage },
  { method: 'post', path: '/admin/unify', permission: 'hub:people-write', files: true, handler: startUnify },
  { method: 'get', path: '/admin/unify/:id', permission: 'hub:people-read', handler: runPage },
  { method: 'post', path: '/admin/unify/:id/match', permission: 'hub:people-write', handler: matchRun },
  { method: 'post', path: '/admin/unify/:id/accept', permission: 'hub:people-write', handler: acceptRun },
  { method: 'post', path: '/admin/unify/:id/remove', permission: 'hub:people-write', handler: removeRun },
  { method: 'get', path: '/admin/unify/:id/review', permission: 'hub:people-read', handler: reviewPage },
  { method: 'get', path: '/admin/unify/:id/doubts', permission: 'hub:people-read', handler: doubtsPage },
  { method: 'post', path: '/admin/unify/:id/decide', permission: 'hub:people-write', handler: decideMany },
  { method: 'get', path: '/admin/unify/:id/report', permission: 'hub:people-read', handler: reportPage },
  { method: 'get', path: '/admin/unify/:id/proposals', permission: 'hub:people-read', handler: proposalsPage },
  {
    method: 'post',
    path: '/admin/unify/:id/proposals/:proposal/decide',
    permission: 'hub:people-write',
    handler: decide,
  },
  {
    method: 'post',
    path: '/admin/unify/:id/proposals/:proposal/undo',
    permission: 'hub:people-write',
    handler: undo,
  },
  { method: 'get', path: '/admin/systems', permission: 'hub:systems-read', handler: systemsPage },
  { method: 'post', path: '/admin/systems', permission: 'hub:systems-write', handler: newSystemPost },
  { method: 'get', path: '/admin/systems/new', permission: 'hub:systems-write', handler: newSystemPage },
  { method: 'get', path: '/admin/systems/:id', permission: 'hub:systems-read', handler: systemPage },
  { method: 'get', path: '/admin/systems/:id/scim', permission: 'hub:systems-read', handler: scimPage },
  { method: 'post', path: '/admin/systems/:id/scim/tokens', permission: 'hub:systems-write', handler: issuePost },
  {
    method: 'post',
    path: '/admin/systems/:id/scim/tokens/:token/revoke',
    permission: 'hub:systems-write',
    handler: revokeScimPost,
  },
  { method: 'get', path: '/admin/systems/:id/accounts', permission: 'hub:systems-read', handler: accountsPage },
  { method: 'post', path: '/admin/systems/:id/accounts', permission: 'hub:systems-write', handler: accountsPost },
  { method: 'get', path: '/admin/systems/:id/guide', permission: 'hub:systems-read', handler: guidePage },
  { method: 'get', path: '/admin/systems/:id/test', permission: 'hub:systems-write', handler: testPage },
  { method: 'post', path: '/admin/systems/:id/test', permission: 'hub:systems-write', handler: testPost },
  { method: 'get', path: '/admin/systems/:id/change', permission: 'hub:systems-write', handler: changePage },
  { method: 'post', path: '/admin/systems/:id/change', permission: 'hub:systems-write', handler: changePost },
  { method: 'get', path: '/admin/systems/:id/history', permission: 'hub:systems-write', handler: systemHistoryPage },
  { method: 'get', path: '/admin/systems/:id/rotate', permission: 'hub:systems-write', handler: rotatePage },
  { method: 'post', path: '/admin/systems/:id/rotate', permission: 'hub:systems-write', handler: rotatePost },
  { method: 'get', path: '/admin/systems/:id/duplicate', permission: 'hub:systems-write', handler: duplicatePage },
  { method: 'post', path: '/admin/systems/:id/duplicate', permission: 'hub:systems-write', handler: duplicatePost },
  { method: 'get', path: '/admin/systems/:id/remove', permission: 'hub:systems-write', handler: removeSystemPage },
  { method: 'post', path: '/admin/systems/:id/remove', permission: 'hub:systems-write', handler: removeSystemPost },
  { method: 'post', path: '/admin/systems/:id/disable', permission: 'hub:systems-write', handler: switchSystem(false) },
  { method: 'post', path: '/admin/systems/:id/enable', permission: 'hub:systems-write', handler: switchSystem(true) },
  { method: 'get', path: '/admin/sources', permission: 'hub:systems-read', handler: sourcesPage },
  { method: 'post', path: '/admin/sources', permission: 'hub:sources-write', handler: sourcePost },
  { method: 'get', path: '/admin/sources/new', permission: 'hub:sources-write', handler: newSourcePage },
  { method: 'get', path: '/admin/sources/:id', permission: 'hub:systems-read', handler: sourcePage },
  { method: 'post', path: '/admin/sources/:id/test', permission: 'hub:sources-write', handler: tryPost },
  { method: 'get', path: '/admin/sources/:id/change', permission: 'hub:sources-write', handler: changeSourcePage },
  { method: 'post', path: '/admin/sources/:id/change', permission: 'hub:sources-write', handler: sourcePost },
  { method: 'post', path: '/admin/sources/:id/disable', permission: 'hub:sources-write', handler: switchSource(false) },
  { method: 'post', path: '/admin/sources/:id/enable', permission: 'hub:sources-write', handler: switchSource(true) },
  { method: 'get', path: '/admin/sources/:id/sync', permission: 'hub:people-write', handler: syncPage },
  { method: 'post', path: '/admin/sources/:id/sync', permission: 'hub:people-write', handler: syncPost },
  { method: 'post', path: '/admin/sources/:id/remove', permission: 'hub:sources-write', handler: removePost },
  { method: 'get', path: '/admin/policy', permission: 'hub:policy-read', handler: policyPage },
  { method: 'get', path: '/admin/policy/versions/:number', permission: 'hub:policy-read', handler: policyVersionPage },
  {
    method: 'get',
    path: '/admin/policy/versions/:number/rollback',
    permission: 'hub:policy-write',
    handler: rollbackPage,
  },
  {
    method: 'post',
    path: '/admin/policy/versions/:number/rollback',
    permission: 'hub:policy-write',
    handler: rollback,
  },
  { method: 'get', path: '/admin/policy/compare', permission: 'hub:policy-read', handler: comparePage },
  { method: 'get', path: '/admin/policy/who', permission: 'hub:people-read', handler: whoPage },
  { method: 'get', path: '/admin/policy/matrix', permission: 'hub:policy-read', handler: matrixPage },
  { method: 'get', path: '/admin/policy/matrix.csv', permission: 'hub:policy-read', handler: matrixCsv },
  { method: 'get', path: '/admin/policy/draft', permission: 'hub:policy-read', handler: draftPage },
  { method: 'get', path: '/admin/policy/draft/content', permission: 'hub:policy-write', handler: draftContentPage },
  { method: 'get', path: '/admin/policy/draft/effect.csv', permission: 'hub:policy-read', handler: draftEffectCsv },
  { method: 'post', path: '/admin/policy/draft/discard', permission: 'hub:policy-write', handler: discard },
  { method: 'post', path: '/admin/policy/draft/rebase', permission: 'hub:policy-write', handler: rebase },
  { method: 'post', path: '/admin/policy/draft/publish', permission: 'hub:policy-write', handler: publish },
  ...policyForm('document', documentPage, documentPost),
  ...policyForm('role', rolePage, rolePost),
  ...policyForm('rule', rulePage, rulePost),
  ...policyForm('separation', separationPage, separationPost),
  ...policyForm('delegation', delegationPage, delegationPost),
  {
    method: 'get',
    path: '/admin/requests',
    permission: 'hub:people-read',
    departments: 'narrowed',
    handler: requestsPage,
  },
  {
    method: 'post',
    path: '/admin/requests/:id/decide',
    permission: 'hub:roles-assign',
    departments: 'narrowed',
    handler: decideRequest,
  },
  { method: 'get', path: '/admin/reviews', permission: 'hub:people-read', handler: reviewsPage },
  { method: 'post', path: '/admin/reviews', permission: 'hub:roles-assign', handler: beginReview },
  { method: 'get', path: '/admin/reviews/new', permission: 'hub:roles-assign', handler: newReviewPage },
  { method: 'get', path: '/admin/reviews/:id', permission: 'hub:people-read', handler: accessReviewPage },
  { method: 'get', path: '/admin/reviews/:id/report.csv', permission: 'hub:people-read', handler: reviewCsv },
  { method: 'post', path: '/admin/reviews/:id/close', permission: 'hub:roles-assign', handler: closePost },
  {
    method: 'post',
    path: '/admin/reviews/:id/items/:item/decide',
    permission: 'hub:roles-assign',
    handler: decidePost,
  },
  { method: 'post', path: '/admin/reviews/:id/items/:item/undo', permission: 'hub:roles-assign', handler: undoPost },
  { method: 'get', path: '/admin/conflicts', permission: 'hub:policy-read', handler: conflictsPage },
  { method: 'get', path: '/admin/conflicts/:separation/:id', permission: 'hub:policy-read', handler: conflictPage },
  { method: 'post', path: '/admin/conflicts/:separation/:id', permission: 'hub:policy-write', handler: acceptPost },
  {
    method: 'post',
    path: '/admin/conflicts/:separation/:id/revoke',
    permission: 'hub:policy-write',
    handler: revokePost,
  },
  { method: 'get', path: '/admin/audit', permission: 'hub:audit-read', handler: auditPage },
  { method: 'get', path: '/admin/audit-export', permission: 'hub:audit-export', handler: auditExport },
  { method: 'get', path: '/admin/audit/:id', permission: 'hub:audit-read', handler: auditEventPage },
  { method: 'get', path: '/admin/deliveries', permission: 'hub:systems-read', handler: deliveriesPage },
  { method: 'get', path: '/admin/keys', permission: 'hub:keys-read', handler: keysPage },
  { method: 'post', path: '/admin/keys/rotate', permission: 'hub:keys-write', handler: rotate },
];
