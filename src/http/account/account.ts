import { Router } from 'express';
import type { Feature } from '#http/deps.ts';
import { csrf } from '#http/middleware/csrf.ts';
import { requireSignedIn } from '#http/middleware/signed-in.ts';
import { accessPage } from './access.ts';
import { activityPage } from './activity.ts';
import { forget, remove, rename, renewCodes } from './methods/acts.ts';
import { addApp, appPage } from './methods/app.ts';
import { methodsPage } from './methods/methods.ts';
import { addPasskey, creationOptions, passkeyPage } from './methods/passkey.ts';
import { changePassword, passwordPage } from './password.ts';
import { endOne, endOthers, sessionsPage } from './sessions.ts';

/** Self-service under /account: only for who is signed in, and every form carries the token. */
export const accountFeature: Feature = (app) => {
  const account = Router();
  account.use(requireSignedIn, csrf);
  account.get('/', (_req, res) => res.redirect(303, '/account/access'));
  account.get('/access', accessPage);
  account.get('/activity', activityPage);
  account.get('/password', passwordPage);
  account.post('/password', changePassword);
  account.get('/methods', methodsPage);
  account.get('/methods/app', appPage);
  account.post('/methods/app', addApp);
  account.get('/methods/passkey', passkeyPage);
  account.post('/methods/passkey/options', creationOptions);
  account.post('/methods/passkey', addPasskey);
  account.post('/methods/rename', rename);
  account.post('/methods/remove', remove);
  account.post('/methods/recovery-codes', renewCodes);
  account.post('/methods/forget', forget);
  account.get('/sessions', sessionsPage);
  account.post('/sessions/end', endOne);
  account.post('/sessions/end-others', endOthers);
  app.use('/account', account);
};
