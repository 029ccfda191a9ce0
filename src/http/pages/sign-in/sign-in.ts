import type { Express } from 'express';
import { sameAgain, someoneElse } from './choose.ts';
import { forgot, forgotForm } from './forgot.ts';
import { turnBack } from './missing.ts';
import { firstOptions, secondOptions, signInAlone, signInSecond } from './passkey.ts';
import { showForm, signIn } from './password.ts';
import { recoveryForm, tryRecoveryCode } from './recovery.ts';
import { reset, resetForm } from './reset.ts';
import { secondForm, tryCode } from './second.ts';
import { arrive, comeBack, leave } from './source.ts';

/** Every step of signing in, and of getting back in. */
export function signInPages(app: Express): void {
  // Before the id of an interaction, which is never one of these words.
  app.get('/sign-in/forgot', forgotForm);
  app.post('/sign-in/forgot', forgot);
  app.get('/sign-in/reset/:token', resetForm);
  app.post('/sign-in/reset/:token', reset);
  app.get('/sign-in/from/:source', comeBack);
  app.get('/sign-in/:uid', showForm);
  app.post('/sign-in/:uid', signIn);
  app.post('/sign-in/:uid/source/:source', leave);
  app.get('/sign-in/:uid/from', arrive);
  app.post('/sign-in/:uid/passkey/options', firstOptions);
  app.post('/sign-in/:uid/passkey', signInAlone);
  app.get('/sign-in/:uid/second', secondForm);
  app.post('/sign-in/:uid/second', tryCode);
  app.post('/sign-in/:uid/second/passkey/options', secondOptions);
  app.post('/sign-in/:uid/second/passkey', signInSecond);
  app.post('/sign-in/:uid/turn-back', turnBack);
  app.post('/sign-in/:uid/same', sameAgain);
  app.post('/sign-in/:uid/someone-else', someoneElse);
  app.get('/sign-in/:uid/recovery', recoveryForm);
  app.post('/sign-in/:uid/recovery', tryRecoveryCode);
}
