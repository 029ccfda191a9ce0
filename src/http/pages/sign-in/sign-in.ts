import type { Express } from 'express';
import { turnBack } from './missing.ts';
import { firstOptions, secondOptions, signInAlone, signInSecond } from './passkey.ts';
import { showForm, signIn } from './password.ts';
import { recoveryForm, tryRecoveryCode } from './recovery.ts';
import { secondForm, tryCode } from './second.ts';

/** Every step of signing in. */
export function signInPages(app: Express): void {
  app.get('/sign-in/:uid', showForm);
  app.post('/sign-in/:uid', signIn);
  app.post('/sign-in/:uid/passkey/options', firstOptions);
  app.post('/sign-in/:uid/passkey', signInAlone);
  app.get('/sign-in/:uid/second', secondForm);
  app.post('/sign-in/:uid/second', tryCode);
  app.post('/sign-in/:uid/second/passkey/options', secondOptions);
  app.post('/sign-in/:uid/second/passkey', signInSecond);
  app.post('/sign-in/:uid/turn-back', turnBack);
  app.get('/sign-in/:uid/recovery', recoveryForm);
  app.post('/sign-in/:uid/recovery', tryRecoveryCode);
}
