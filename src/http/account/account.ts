import { type RequestHandler, Router } from 'express';
import { glassMethod } from '#domain/assurance.ts';
import { HubError } from '#domain/errors.ts';
import { sayRepeat } from '#http/admin/repeat.ts';
import type { Feature } from '#http/deps.ts';
import { csrf } from '#http/middleware/csrf.ts';
import { requireSignedIn, viewer } from '#http/middleware/signed-in.ts';
import { accessPage } from './access.ts';
import { activityPage } from './activity.ts';
import { dataExport, dataPage } from './data.ts';
import { forget, remove, rename, renewCodes } from './methods/acts.ts';
import { addApp, appPage } from './methods/app.ts';
import { methodsPage } from './methods/methods.ts';
import { addPasskey, creationOptions, passkeyPage } from './methods/passkey.ts';
import { link, linked, linkPage, unlink } from './methods/source.ts';
import { changePassword, passwordPage } from './password.ts';
import { ask, change, decide, requestsPage, withdraw } from './requests.ts';
import { decideReview, keepAllReviews, reviewsPage, undoReview } from './reviews.ts';
import { endOne, endOthers, sessionsPage } from './sessions.ts';

/** The account in the envelope is nobody's: it gets no password, no factor and no role by itself. */
const notSealed: RequestHandler = (req, res, next) => {
  const open = req.path === '/sessions' || req.path.startsWith('/sessions/');
  next(!open && viewer(res).amr.includes(glassMethod) ? new HubError('forbidden') : undefined);
};

/** Self-service under /account: only for who is signed in, and every form carries the token. */
export const accountFeature: Feature = (app) => {
  const account = Router();
  account.use(requireSignedIn, notSealed, csrf);
  account.get('/', (_req, res) => res.redirect(303, '/account/access'));
  account.get('/access', accessPage);
  account.get('/activity', activityPage);
  account.get('/data', dataPage);
  account.get('/data/export', dataExport);
  account.get('/password', passwordPage);
  account.post('/password', changePassword);
  account.get('/methods', methodsPage);
  account.get('/methods/app', appPage);
  account.post('/methods/app', addApp);
  account.get('/methods/passkey', passkeyPage);
  account.post('/methods/passkey/options', creationOptions);
  account.post('/methods/passkey', addPasskey);
  account.get('/methods/from', linked);
  account.get('/methods/link/:source', linkPage);
  account.post('/methods/link/:source', link);
  account.post('/methods/unlink', unlink);
  account.post('/methods/rename', rename);
  account.post('/methods/remove', remove);
  account.post('/methods/recovery-codes', renewCodes);
  account.post('/methods/forget', forget);
  account.get('/requests', requestsPage);
  account.post('/requests', ask);
  account.post('/requests/:id/change', change);
  account.post('/requests/:id/withdraw', withdraw);
  account.post('/requests/:id/decide', decide);
  account.get('/reviews', sayRepeat, reviewsPage);
  account.post('/reviews/keep-all', keepAllReviews);
  account.post('/reviews/:id/decide', decideReview);
  account.post('/reviews/:id/undo', undoReview);
  account.get('/sessions', sessionsPage);
  account.post('/sessions/end', endOne);
  account.post('/sessions/end-others', endOthers);
  app.use('/account', account);
};
